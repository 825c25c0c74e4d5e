import assert from "node:assert/strict";
import fc from "fast-check";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Draft, Micros } from "./event.ts";
import type { StreamRecord } from "./protocol/stream_record.ts";
import { Interpreter } from "./interpreter.ts";
import { ASK, START, stop, text, toolUse } from "./llm/testdata/anthropic.ts";
import {
  ACTOR,
  bytesOf,
  join,
  json,
  ofKind,
  post,
  records,
  recv,
  send,
  sse,
  T0,
  told,
  type Turn,
  type WireOptions,
} from "./llm/testdata/wire.ts";

const PATH = "/v1/messages";
const NOW = (T0 + 10_000_000) as Micros;

function run(turns: readonly Turn[], options: WireOptions = {}) {
  const interpreter = new Interpreter();
  const drafts = interpreter.push(records(turns, options));
  return { drafts, call: ofKind(drafts, "llm.call")[0], losses: interpreter.takeLosses() };
}

const ANSWER = sse([
  START,
  ...text(0, "Größe ", "日本"),
  ...toolUse(1, "t1", '{"a"', ":1}"),
  ...stop("tool_use", 9),
]);
const CHAT_ASK = { model: "gpt-4o", messages: [{ role: "user", content: "hi" }] };
const CHAT = sse([
  { id: "c", choices: [{ index: 0, delta: { content: "é" }, finish_reason: "stop" }] },
  "[DONE]",
]);
const CONTINUE = recv("HTTP/1.1 100 Continue\r\n\r\n");
const HEAD = [
  send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n"),
  recv("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
];
const NO_CONTENT = [send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n"), recv("HTTP/1.1 204 No\r\n\r\n")];
const FIRST = [
  post(PATH, ASK),
  CONTINUE,
  ANSWER,
  ...HEAD,
  ...NO_CONTENT,
  post("/v1/chat/completions", CHAT_ASK),
  CHAT,
];
const SECOND = [
  post("/v1/chat/completions", CHAT_ASK),
  recv(
    'HTTP/1.1 200 OK\r\n\r\n{"id":"c","object":"chat.completion","choices":[{"message":{"content":"to the end"}}]}',
  ),
];

Deno.test("property: cutting and interleaving of connections change nothing", () => {
  const other = { ...ACTOR, pid: 9 };
  const whole = (turns: Turn[], options: WireOptions) => run(turns, { ...options, still: true }).drafts;
  const expected = [whole(FIRST, {}), whole(SECOND, { conn: 2, actor: other })];
  assert.deepEqual(expected.map((drafts) => ofKind(drafts, "llm.call").length), [2, 1]);
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(sizes, sizes, fc.infiniteStream(fc.boolean()), (sizes1, sizes2, order) => {
      const left = records(FIRST, { sizes: sizes1, still: true });
      const right = records(SECOND, { sizes: sizes2, still: true, conn: 2, actor: other });
      const interpreter = new Interpreter();
      const drafts: Draft[] = [];
      while (left.length + right.length > 0) {
        const [first, second] = order.next().value ? [left, right] : [right, left];
        drafts.push(...interpreter.push([(first.shift() ?? second.shift())!]));
      }
      assert.deepEqual(told(drafts.filter(({ pid }) => pid === ACTOR.pid)), told(expected[0]!));
      assert.deepEqual(told(drafts.filter(({ pid }) => pid === other.pid)), told(expected[1]!));
      assert.deepEqual(interpreter.takeLosses(), []);
    }),
    { numRuns: 60 },
  );
});

Deno.test("property: anything at all as input neither throws nor invents a call", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const pieces = fc.constantFrom(
    "POST /v1/messages HTTP/1.1\r\n",
    "Content-Length: 5\r\n",
    "\r\n",
    "HTTP/1.1 200 OK\r\n",
    "Transfer-Encoding: chunked\r\n",
    "5\r\nhello\r\n",
    "0\r\n\r\n",
    '{"model":',
    "data: {}\n\n",
  ).map(bytesOf);
  const turn = fc.record({
    dir: fc.constantFrom("send" as const, "recv" as const),
    bytes: fc.oneof(bytes, pieces),
    skip: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(fc.property(fc.array(turn, { maxLength: 30 }), fc.boolean(), (turns, fromStart) => {
    const input = records(turns, { fromStart, close: false });
    const skewed = input.map((record, i) => {
      return record.type === "data" ? { ...record, pos: record.pos + (turns[i - 1]?.skip ?? 0) } : record;
    });
    const interpreter = new Interpreter();
    const drafts = [...interpreter.push(skewed), ...interpreter.flush(NOW, { final: true })];
    for (const call of ofKind(drafts, "llm.call")) assert.equal(call.complete, false);
  }));
});

Deno.test("records out of order and repeated give the same as in order", () => {
  const input = records([post(PATH, ASK), ANSWER], { sizes: [50], still: true });
  const expected = new Interpreter().push(input);
  const shuffled: StreamRecord[] = [];
  for (let i = 0; i < input.length; i++) {
    const [a, b] = [input[i]!, input[i + 1]];
    const swap = a.type === "data" && b?.type === "data" && a.dir === b.dir && i % 2 === 1;
    if (swap) shuffled.push(b, a, b);
    else shuffled.push(a);
    if (swap) i++;
  }
  assert.notEqual(shuffled.length, input.length);
  assert.deepEqual(new Interpreter().push(shuffled), expected);
});

function without(input: readonly StreamRecord[], lost: (index: number, record: StreamRecord) => boolean) {
  return input.filter((record, index) => !lost(index, record));
}

Deno.test("a gap in the request keeps the answer, and in the answer the request", () => {
  const input = records([post(PATH, ASK), ANSWER, post(PATH, ASK), ANSWER], { sizes: [100] });
  const sends = input.flatMap((record, i) => record.type === "data" && record.dir === "send" ? [i] : []);
  const recvs = input.flatMap((record, i) => record.type === "data" && record.dir === "recv" ? [i] : []);
  for (const [lost, system] of [[sends[2]!, 0], [recvs[4]!, 1]] as const) {
    const interpreter = new Interpreter();
    const drafts = interpreter.push(without(input, (i) => i === lost));
    const calls = ofKind(drafts, "llm.call");
    const exchanges = ofKind(drafts, "http.exchange");
    assert.equal(calls[0]!.complete, false);
    assert.equal(calls[0]!.gaps, 100);
    assert.equal(calls[0]!.request.system.length, system);
    assert.equal(calls[0]!.response.id, "msg_1");
    // The connection is in step again with the next request.
    assert.deepEqual(calls.slice(1).map(({ complete, gaps }) => [complete, gaps]), [[true, 0]]);
    assert.deepEqual(exchanges.map(({ complete, gaps }) => [complete, gaps]), [[false, 100], [true, 0]]);
    const gaps = interpreter.takeLosses().find(({ class: area }) => area === "stream");
    assert.deepEqual(gaps, { class: "stream", reason: "gap", unit: "bytes", count: 100 });
  }
});

Deno.test("a gap inside a stream's event drops that event and no other", () => {
  const events = [START, ...text(0, "one ", "X".repeat(400), "three"), ...stop("end_turn", 9)];
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ${body.length}\r\n\r\n`;
  const input = records([post(PATH, ASK), recv(head + body)], { sizes: [100] });
  const lost = input.findIndex((record) =>
    record.type === "data" && /^X+$/.test(new TextDecoder().decode(record.bytes))
  );
  const drafts = new Interpreter().push(without(input, (i) => i === lost));
  const [call] = ofKind(drafts, "llm.call");
  assert.equal(call!.response.text, "one three");
  assert.equal(call!.complete, false);
});

Deno.test("a connection joined in the middle starts at the next request and pairs nothing before it", () => {
  const tail = [send('ge","content":"x"}]}'), ANSWER];
  const { drafts, losses } = run([...tail, post(PATH, ASK), ANSWER], { fromStart: false, sizes: [64] });
  assert.deepEqual(ofKind(drafts, "http.exchange").map(({ complete }) => complete), [true]);
  assert.deepEqual(ofKind(drafts, "llm.call").map(({ complete }) => complete), [true]);
  assert.deepEqual(losses.map(({ class: area, reason }) => [area, reason]), [["http", "unparsed"]]);
});

Deno.test("other protocols are counted once a connection", () => {
  const upgrade = "GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n";
  const cases: [Turn[], string][] = [
    [[send("\x16\x03\x01garbage"), send("more")], "not-http"],
    [[recv("220 smtp\r\n"), send("EHLO\r\n")], "not-http"],
    [
      [send(upgrade), recv("HTTP/1.1 101 Switching\r\n\r\n"), recv("\x81\x05hello"), send("\x81")],
      "upgraded",
    ],
  ];
  for (const [turns, reason] of cases) {
    for (const size of [1, 1000]) {
      const { losses } = run(turns, { sizes: [size] });
      assert.deepEqual(losses, [{ class: "protocol", reason, unit: "events", count: 1 }]);
    }
  }
});

Deno.test("content codings, whole and broken off", () => {
  const codings = {
    gzip: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
    identity: (bytes: Uint8Array) => bytes,
  };
  const body = bytesOf(
    [START, ...text(0, "Größe"), ...stop("end_turn", 9)].map((event) => `data: ${JSON.stringify(event)}\n\n`)
      .join(""),
  );
  const cases = [...Object.entries(codings), ["deflate", deflateRawSync], [
    "gzip, br",
    (bytes: Uint8Array) => brotliCompressSync(gzipSync(bytes)),
  ]] as [string, (bytes: Uint8Array) => Uint8Array][];
  for (const [name, compress] of cases) {
    const coded = compress(body);
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: ${name}\r\n` +
      `Content-Length: ${coded.length}\r\n\r\n`;
    const { call } = run([post(PATH, ASK), recv(join([bytesOf(head), coded]))], { sizes: [17] });
    assert.equal(call!.response.text, "Größe", name);
    assert.equal(call!.complete, true, name);
    const cut = coded.subarray(0, coded.length - 30);
    const { call: half } = run([post(PATH, ASK), recv(join([bytesOf(head), cut]))]);
    assert.equal(half!.complete, false, name);
  }
  const junk = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\njunk";
  const { call, losses } = run([post(PATH, ASK), recv(junk)]);
  assert.equal(call!.complete, false);
  assert.deepEqual(losses, [{ class: "body", reason: "undecodable", unit: "events", count: 1 }]);
  const zipped = gzipSync(JSON.stringify(ASK));
  const ask = bytesOf(
    `POST ${PATH} HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`,
  );
  const { call: sent } = run([send(join([ask, zipped])), ANSWER]);
  assert.equal(sent!.request.messages.length, 1);
});

Deno.test("a hole is waited for, and given up by time", () => {
  const input = records([post(PATH, ASK), recv("HTTP/1.1 200 OK\r\n\r\nab")], { close: false });
  const answer = input.at(-1) as Extract<StreamRecord, { type: "data" }>;
  const late = { ...answer, bytes: bytesOf("cd"), pos: answer.pos + answer.bytes.length + 5 };
  const interpreter = new Interpreter();
  interpreter.push([...input, late]);
  interpreter.flush((late.ts + 1_000) as Micros, { final: false });
  assert.deepEqual(interpreter.takeLosses(), []);
  interpreter.flush((late.ts + 1_000_000) as Micros, { final: false });
  assert.deepEqual(interpreter.takeLosses(), [{ class: "stream", reason: "gap", unit: "bytes", count: 5 }]);
});

Deno.test("a server's exchange is no call", () => {
  const swap = (turns: Turn[]) => turns.map(({ dir, bytes }) => dir === "send" ? recv(bytes) : send(bytes));
  const { drafts } = run(swap([post(PATH, ASK), ANSWER]));
  assert.deepEqual(drafts.map(({ kind }) => kind), ["http.exchange"]);
  assert.equal(ofKind(drafts, "http.exchange")[0]!.role, "server");
});

Deno.test("connections and bodies are bounded, and what is given up is counted", () => {
  const interpreter = new Interpreter({ connections: 2, body: 100 });
  const drafts = [1, 2, 3].flatMap((conn) =>
    interpreter.push(records([post(PATH, ASK)], { conn, close: false }))
  );
  assert.deepEqual(ofKind(drafts, "http.exchange").map(({ complete }) => complete), [false]);
  assert.deepEqual(interpreter.takeLosses().map(({ reason, count }) => [reason, count]), [
    ["too-large", 3],
    ["evicted", 1],
  ]);
  const rest = interpreter.flush(NOW, { final: true });
  assert.equal(ofKind(rest, "http.exchange").length, 2);
});

Deno.test("memory is given back when a call ends", () => {
  const interpreter = new Interpreter({ memory: ANSWER.bytes.length + post(PATH, ASK).bytes.length });
  const turns = Array.from({ length: 20 }, () => [post(PATH, ASK), ANSWER]).flat();
  const calls = ofKind(interpreter.push(records(turns)), "llm.call");
  assert.deepEqual(calls.filter(({ complete }) => !complete), []);
  assert.equal(calls.length, 20);
});

Deno.test("the exchange as an event", () => {
  const answer = json({ ok: 1 }, 201);
  const { drafts } = run([send("GET /a?b HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nx-a: 2\r\n\r\n"), answer]);
  assert.deepEqual(drafts, [{
    ...ACTOR,
    ts: T0 + 2_000,
    kind: "http.exchange",
    method: "GET",
    url: "https://h:1/a?b",
    status: 201,
    version: "1.1",
    req_headers: { host: "h:1", "x-a": "1, 2" },
    resp_headers: { "content-type": "application/json", "content-length": "8" },
    req_bytes: 0,
    resp_bytes: 8,
    duration_ms: 1,
    role: "client",
    peer: null,
    complete: true,
    gaps: 0,
  }]);
});
