import assert from "node:assert/strict";
import type { Draft, Micros } from "../event.ts";
import { LossCounter } from "../protocol/losses.ts";
import { MemoryBudget } from "../protocol/byte_buffer.ts";
import type { Exchange } from "../protocol/exchange.ts";
import { Peers } from "../protocol/reassembly/peers.ts";
import { History } from "./history.ts";
import { Lineage } from "./lineage.ts";
import type { OpenCall } from "./open_call.ts";
import { PriceList } from "./price_list.ts";
import { ResponsesSocket } from "./responses_socket.ts";
import { ACTOR, bytesOf, ofKind, T0 } from "./testdata/wire.ts";
import { ToolLedger } from "./tool_ledger.ts";

const UPGRADE: Exchange = {
  conn: 1,
  transport: "tls",
  index: 1,
  role: "client",
  actor: ACTOR,
  start: T0 as Micros,
  last: T0 as Micros,
  request: {
    head: {
      method: "GET",
      target: "/v1/responses",
      version: "1.1",
      headers: new Map([["host", "api.openai.com"]]),
    },
    bytes: 0,
    gaps: 0,
    complete: true,
  },
  response: { head: { status: 101, version: "1.1", headers: new Map() }, bytes: 0, gaps: 0, complete: true },
};

type Said = readonly [from: "client" | "server", value: unknown];

function listen(said: readonly Said[], options: { end?: boolean } = {}) {
  const drafts: Draft[] = [];
  const live = new Set<OpenCall>();
  const losses = new LossCounter();
  const socket = new ResponsesSocket(UPGRADE, {
    emit: (draft) => drafts.push(draft),
    lineage: new Lineage(),
    history: new History(),
    live,
    tools: new ToolLedger(),
    losses,
    budget: new MemoryBudget(1 << 20),
    peers: new Peers(),
    prices: new PriceList(),
    bodyLimit: 1 << 20,
  });
  let ts = T0;
  for (const [from, value] of said) {
    ts += 1_000;
    const gap = value === "gap", complete = value !== "half";
    if (gap) socket.gap(from, 10);
    else {
      const bytes = bytesOf(JSON.stringify(value));
      socket.message({ from, binary: false, bytes, complete, ts: ts as Micros, actor: ACTOR });
    }
  }
  if (options.end ?? true) socket.end();
  return { calls: ofKind(drafts, "llm.call"), drafts, losses: losses.take() };
}

const user = (text: string) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });
const create = (fields: object = {}): Said => [
  "client",
  { type: "response.create", model: "gpt-5.1", input: [user("Hello")], ...fields },
];
const created = (id: string, more: object = {}): Said => [
  "server",
  { type: "response.created", response: { id, status: "in_progress" }, ...more },
];
const item = (text: string) => ({
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text }],
});
const done = (text: string, more: object = {}): Said => [
  "server",
  { type: "response.output_item.done", output_index: 0, item: item(text), ...more },
];
const completed = (id: string, more: object = {}): Said => [
  "server",
  {
    type: "response.completed",
    response: { id, status: "completed", usage: { input_tokens: 5, output_tokens: 2 } },
    ...more,
  },
];

Deno.test("responses socket: a prewarm, and turns that send only what is new", () => {
  const { calls } = listen([
    create({
      generate: false,
      input: [],
      client_metadata: {
        "x-codex-turn-metadata": JSON.stringify({ session_id: "s1", request_kind: "prewarm" }),
      },
    }),
    created("r0"),
    completed("r0"),
    create({ previous_response_id: "r0" }),
    created("r1"),
    done("Hi."),
    completed("r1"),
    create({ previous_response_id: "r1", input: [user("More")] }),
    created("r2"),
    done("Yes."),
    completed("r2"),
  ]);
  assert.deepEqual(calls.map(({ id, continues }) => [id, continues]), [
    ["1-1-1", null],
    ["1-1-2", "1-1-1"],
    ["1-1-3", "1-1-2"],
  ]);
  assert.equal(calls[0]!.purpose, "prewarm");
  assert.equal(calls[0]!.conversation, "s1");
  assert.deepEqual(calls.map(({ complete }) => complete), [true, true, true]);
  assert.deepEqual(calls.map(({ response }) => response.text), ["", "Hi.", "Yes."]);
  const { request } = calls[2]!;
  assert.equal(request.history, "rebuilt");
  assert.deepEqual(
    request.messages.map(({ role, parts }) => [role, parts]),
    [["user", "Hello"], ["assistant", "Hi."], ["user", "More"]].map(([role, content]) => [
      role,
      [{ type: "text", content }],
    ]),
  );
});

Deno.test("responses socket: two answers on their way are told apart by stream, by response, and by turn", () => {
  for (const named of [true, false]) {
    const of = (stream: string) => named ? { stream_id: stream } : {};
    const { calls } = listen([
      create(of("a")),
      create({ ...of("b"), input: [user("Two")] }),
      created("r1", of("a")),
      ...(named ? [created("r2", of("b")), done("second", of("b")), completed("r2", of("b"))] : []),
      done("first", of("a")),
      completed("r1", of("a")),
      ...(named ? [] : [created("r2"), done("second"), completed("r2")]),
    ]);
    const texts = calls.map(({ response }) => [response.id, response.text]).sort();
    assert.deepEqual(texts, [["r1", "first"], ["r2", "second"]]);
  }
});

Deno.test("responses socket: what is missing or breaks off is incomplete", () => {
  const cases: readonly (readonly Said[])[] = [
    [create(), created("r1"), done("Hi.")],
    [create(), created("r1"), ["server", "gap"], completed("r1")],
    [create(), created("r1"), ["server", "half"], completed("r1")],
  ];
  for (const said of cases) {
    const { calls } = listen(said);
    assert.deepEqual(calls.map(({ complete }) => complete), [false]);
  }
});

Deno.test("responses socket: half a request is nothing more to count than what the websocket lost of it", () => {
  assert.deepEqual(listen([["client", "half"]]).losses, []);
});

Deno.test("responses socket: an error ends its call; foreign messages start none", () => {
  const error = { type: "error", status: 429, error: { type: "rate_limit_error", message: "slow down" } };
  const { calls } = listen([
    ["client", { type: "session.update" }],
    ["server", { type: "hello" }],
    create(),
    ["server", error],
  ]);
  assert.deepEqual(calls.map((call) => call.error), [{ type: "rate_limit_error", message: "slow down" }]);
});
