import assert from "node:assert/strict";
import type { Message, Part } from "../event.ts";
import { gzipSync } from "node:zlib";
import { Interpreter } from "../interpreter.ts";
import { History } from "./history.ts";
import { join, json, ofKind, records, send } from "./testdata/wire.ts";

const says = (role: string, content: string): Message => ({ role, parts: [{ type: "text", content }] });
const text = (content: string): Part[] => [{ type: "text", content }];
const ASK = says("user", "What is there?");
const RESULT = says("tool", "a b");

Deno.test("history: put together from the answers that the provider keeps", () => {
  const history = new History();
  history.remember(["r1"], { own: [ASK], previous: null, parts: text("I look."), size: 10 });
  history.remember(["r2"], { own: [RESULT], previous: "r1", parts: text("Two."), size: 10 });
  const next = says("user", "Go on.");
  assert.deepEqual(history.rebuild([next], "r2"), {
    messages: [ASK, says("assistant", "I look."), RESULT, says("assistant", "Two."), next],
    source: "rebuilt",
  });
  assert.deepEqual(history.rebuild([next], null), { messages: [next], source: "sent" });
  assert.deepEqual(history.rebuild([next], "r9"), { messages: [next], source: "missing" });
  history.remember(["r10"], { own: [next], previous: "r9", parts: [], size: 10 });
  assert.deepEqual(history.rebuild([next], "r10"), { messages: [next, next], source: "missing" });
});

Deno.test("history: a conversation that is too long loses its beginning, and says so", () => {
  const history = new History({ conversation: 25 });
  for (let i = 1; i <= 4; i++) {
    history.remember([`r${i}`], { own: [ASK], previous: i > 1 ? `r${i - 1}` : null, parts: [], size: 10 });
  }
  assert.deepEqual([history.rebuild([], "r2").source, history.rebuild([], "r2").messages.length], [
    "rebuilt",
    2,
  ]);
  assert.deepEqual([history.rebuild([], "r4").source, history.rebuild([], "r4").messages.length], [
    "missing",
    2,
  ]);
});

Deno.test("history: the oldest are forgotten, but not what younger ones go on from", () => {
  const history = new History({ bytes: 35 });
  history.remember(["a1"], { own: [ASK], previous: null, parts: [], size: 10 });
  history.remember(["b1"], { own: [ASK], previous: null, parts: [], size: 10 });
  history.remember(["a2"], { own: [RESULT], previous: "a1", parts: [], size: 10 });
  history.remember(["c1"], { own: [ASK], previous: null, parts: [], size: 10 });
  // a1 went first and lives on in a2, so b1 went too.
  assert.deepEqual(["a1", "b1", "a2", "c1"].map((id) => history.rebuild([], id).source), [
    "missing",
    "missing",
    "rebuilt",
    "rebuilt",
  ]);
  assert.deepEqual(history.rebuild([], "a2").messages, [ASK, RESULT]);
  // An id that comes again is counted once.
  for (let i = 0; i < 9; i++) history.remember(["c1"], { own: [ASK], previous: null, parts: [], size: 10 });
  assert.equal(history.rebuild([], "a2").source, "rebuilt");
});

Deno.test("history: what is remembered is counted as it is in memory, not as it was compressed", () => {
  const ask = (input: string, previous_response_id?: string) => {
    const body = gzipSync(JSON.stringify({ model: "m", input, previous_response_id }));
    const head = "POST /v1/responses HTTP/1.1\r\nhost: h\r\ncontent-encoding: gzip\r\n" +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    return send(join([new TextEncoder().encode(head), body]));
  };
  const answer = (id: string) =>
    json({ object: "response", id, model: "m", status: "completed", output: [] });
  const turns = [ask("a".repeat(17 << 20)), answer("r1"), ask("b", "r1"), answer("r2"), ask("c", "r2")];
  const calls = ofKind(new Interpreter().push(records([...turns, answer("r3")])), "llm.call");
  assert.deepEqual(calls.map(({ request }) => request.history), ["sent", "rebuilt", "missing"]);
});
