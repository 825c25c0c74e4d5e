/** MCP over HTTP with bytes that were missed or that are anything. */
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { post, records, recv, send } from "../llm/testdata/wire.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import {
  call,
  COMPLETE,
  events,
  follow,
  get,
  INIT,
  modern,
  reply,
  SESSION,
  WELCOME,
} from "./testdata/http_talk.ts";
import { rpc, shown } from "./testdata/talk.ts";

function without(input: readonly StreamRecord[], index: number): StreamRecord[] {
  return input.filter((_, at) => at !== index);
}

Deno.test("http: of a request with a gap the headers of 2026 tell the method", () => {
  const turns = [
    post("/mcp", call(1, "echo", { text: "x".repeat(500) }), modern("tools/call", "echo")),
    reply(rpc({ id: 1, result: { content: [], ...COMPLETE } })),
  ];
  const input = records(turns, { sizes: [400] });
  const { drafts } = follow(without(input, 2));
  deepEqual(shown(drafts), [
    "client→ request tools/call null incomplete",
    "client← response tools/call 1 (1 ms)",
  ]);
});

Deno.test("http: over a gap in a stream only the event is lost", () => {
  const text = ["a", "b", "c", "d"]
    .map((data) => `data: ${JSON.stringify(rpc({ method: "notifications/message", params: { data } }))}\n\n`);
  const stream = recv(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n${text.join("")}`);
  const input = records([post("/mcp", INIT), stream], { sizes: [60] });
  const told = (all: readonly StreamRecord[]) =>
    follow(all).drafts.slice(1).map(({ params }) => (params as { data: string }).data);
  deepEqual(told(input), ["a", "b", "c", "d"]);
  const inBody = input.findIndex((record) => record.type === "data" && record.dir === "recv") + 3;
  deepEqual(told(without(input, inBody)), ["a", "d"]);
});

Deno.test("property: http: any bytes neither throw nor stay", () => {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.constantFrom(
      post("/mcp", INIT).bytes,
      post("/mcp", '[[[{"method":1', SESSION).bytes,
      get("/sse").bytes,
    ),
  );
  const answer = fc.oneof(
    fc.uint8Array({ minLength: 1 }),
    fc.constantFrom(reply(WELCOME).bytes, events("data: /x\n\n", "data: [{\n\n", "data: null\n\n").bytes),
  );
  fc.assert(fc.property(fc.array(fc.tuple(piece, answer)), (turns) => {
    const all = turns.flatMap(([asked, answered]) => [send(asked), recv(answered)]);
    equal(follow(records(all)).held, 0);
  }));
});
