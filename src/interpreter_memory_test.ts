/** Whatever comes of a recording, no decoder holds memory of the budget once its connections have ended. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Micros } from "./event.ts";
import { Interpreter } from "./interpreter.ts";
import type { Transcript } from "./llm/testdata/transcript.ts";
import { join, post, records, recv, send, sse, T0, type Turn } from "./llm/testdata/wire.ts";
import { records as piped } from "./mcp/testdata/talk.ts";
import { TRANSCRIPTS as PIPED } from "./mcp/testdata/transcripts.ts";
import { MemoryBudget } from "./protocol/byte_buffer.ts";
import { data, Headers, PREFACE, settings } from "./protocol/http2/testdata/frames.ts";
import type { StreamRecord } from "./protocol/stream_record.ts";
import { deflated, frame } from "./protocol/websocket/testdata/wire.ts";

const LATER = T0 + 1e14 as Micros;

/** Of all budgets of this file's tests, which run one after the other. */
const memory = { held: 0, taken: 0 };
const { take, give } = MemoryBudget.prototype;
MemoryBudget.prototype.take = function (wanted) {
  const granted = take.call(this, wanted);
  memory.held += granted;
  memory.taken += granted;
  return granted;
};
MemoryBudget.prototype.give = function (count) {
  memory.held -= count;
  give.call(this, count);
};

const ASK = { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "hi" }] };
const EVENTS = Array.from({ length: 30 }, (_, i) => ({
  id: "c",
  choices: [{ index: 0, delta: { content: `${i} ${"größe".repeat(i)}` } }],
}));

function coded(): Turn[] {
  const codings = [
    { coding: "gzip" },
    { coding: "deflate" },
    { coding: "br" },
    { coding: "zstd" },
    {},
  ] as const;
  return codings.flatMap((options) => [
    post("/v1/chat/completions", ASK),
    sse([...EVENTS, "[DONE]"], options),
    post("/v1/chat/completions", { ...ASK, stream: false }),
    sse(EVENTS, { ...options, headers: { "Content-Type": "application/json" } }),
  ]);
}

function http2(): Turn[] {
  const [client, server] = [new Headers(), new Headers()];
  const [, answer] = coded();
  const ask = (stream: number) => {
    const fields = { ":method": "POST", ":scheme": "https", ":authority": "h", ":path": "/v1/messages" };
    return join([client.frames(stream, fields), data(stream, JSON.stringify(ASK), { end: true })]);
  };
  const head = { ":status": "200", "content-type": "text/event-stream", "content-encoding": "gzip" };
  return [
    send(join([PREFACE, settings(), ask(1), ask(3)])),
    recv(join([settings(), server.frames(3, head), data(3, answer!.bytes.subarray(0, 90))])),
    recv(join([server.frames(1, head), data(1, "data: {}", { end: true })])),
  ];
}

async function socket(): Promise<Turn[]> {
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
  const texts = EVENTS.map((event) => JSON.stringify({ type: "response.create", ...event }));
  const payloads = await deflated(texts);
  return [
    send(`GET /v1/responses HTTP/1.1\r\nHost: h\r\n${upgrade}${extension}`),
    recv(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}${extension}`),
    ...payloads.flatMap((payload) => [
      send(frame(payload, { rsv: 0x40, masked: true })),
      recv(frame(payload, { rsv: 0x40 })),
    ]),
  ];
}

function mcpOverHttp(): Turn[] {
  const rpc = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  const answers = ([{ coding: "gzip" }, { coding: "br" }, {}] as const).flatMap((options) => [
    post("/mcp", rpc),
    sse(EVENTS.map((params) => ({ jsonrpc: "2.0", method: "notifications/message", params })), options),
  ]);
  return [...answers, send("GET /sse HTTP/1.1\r\nAccept: text/event-stream\r\n\r\n"), sse(EVENTS)];
}

async function transcripts(): Promise<readonly Turn[][]> {
  const folder = new URL("./llm/testdata/transcripts/", import.meta.url);
  const found: Turn[][] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    const module: Record<string, unknown> = await import(new URL(name, folder).href);
    for (const list of Object.values(module)) {
      if (Array.isArray(list)) found.push(...(list as Transcript[]).map(({ turns }) => [...turns]));
    }
  }
  return found;
}

type Damage = readonly [at: number, how: "lost" | "twice" | "late" | "changed"];

function damaged(input: readonly StreamRecord[], damages: readonly Damage[]): StreamRecord[] {
  const out = [...input];
  for (const [where, how] of damages) {
    const at = where % out.length;
    const record = out[at];
    if (!record) break;
    if (how === "twice") out.splice(at, 0, record);
    else if (how === "changed" && record.type === "data") {
      out[at] = {
        ...record,
        bytes: record.bytes.map((byte, i) => i % 7 === where % 7 ? byte ^ where : byte),
      };
    } else out.splice(at, 1);
    if (how === "late") out.splice(Math.min(at + 3, out.length), 0, record);
  }
  return out;
}

const anyDamage = fc.array(
  fc.tuple(fc.nat({ max: 1 << 16 }), fc.constantFrom(...["lost", "twice", "late", "changed"] as const)),
  { maxLength: 20 },
);
const anySizes = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 });
const anyMemory = fc.constantFrom(undefined, 100, 5_000, 100_000, 400_000);

type Recording = readonly [name: string, records: (sizes: readonly number[]) => StreamRecord[]];

async function recordings(): Promise<Recording[]> {
  const talks: [string, Turn[][]][] = [
    ["codings", [coded()]],
    ["http/2", [http2()]],
    ["a deflated WebSocket", [await socket()]],
    ["MCP over HTTP", [mcpOverHttp()]],
    ["transcripts", [...await transcripts()]],
  ];
  const recorded = (all: readonly (readonly Turn[])[]) => (sizes: readonly number[]) =>
    all.flatMap((turns, conn) => records(turns, { conn: conn + 1, sizes, close: sizes[0]! % 2 === 0 }));
  return [
    ...talks.map(([name, all]): Recording => [name, recorded(all)]),
    ["MCP over stdio", (sizes) => PIPED.flatMap(({ said }) => piped(said, { sizes }))],
  ];
}

for (const [name, recording] of await recordings()) {
  Deno.test(`property: no memory is held at the end: ${name}`, () => {
    memory.taken = 0;
    const run = (sizes: number[], damages: readonly Damage[], limit: number | undefined) => {
      memory.held = 0;
      const interpreter = new Interpreter(limit === undefined ? {} : { memory: limit });
      const input = damaged(recording(sizes), damages);
      for (let from = 0; from < input.length; from += 50) interpreter.push(input.slice(from, from + 50));
      interpreter.flush(LATER, { final: true });
      assert.equal(memory.held, 0);
    };
    const numRuns = name === "transcripts" ? 10 : 60;
    fc.assert(fc.property(anySizes, anyDamage, anyMemory, run), { numRuns });
    assert.ok(memory.taken > 0);
  });
}
