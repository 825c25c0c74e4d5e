import assert from "node:assert/strict";
import { Interpreter } from "../interpreter.ts";
import { ASK, START, stop, text, toolUse } from "./testdata/anthropic.ts";
import { json, ofKind, post, records, sse, type Turn } from "./testdata/wire.ts";

function run(turns: readonly Turn[]) {
  const interpreter = new Interpreter();
  const drafts = interpreter.push(records(turns));
  const calls = ofKind(drafts, "llm.call");
  return { drafts, call: calls[0]!, calls };
}

const PATH = "/v1/messages?beta=true";

Deno.test("anthropic: the call is told at message_stop, before the body ends", () => {
  const interpreter = new Interpreter();
  const turns = [post(PATH, ASK), sse([START, ...text(0, "x"), ...stop("end_turn", 2)], { cut: true })];
  const drafts = interpreter.push(records(turns, { close: false }));
  assert.equal(ofKind(drafts, "llm.call")[0]!.complete, true);
  assert.equal(ofKind(drafts, "http.exchange").length, 0);
});

Deno.test("anthropic: a tool result is told once, with the name of its call", () => {
  const assistant = {
    role: "assistant",
    content: [{ type: "tool_use", id: "tu_1", name: "Bash", input: { a: 1 } }],
  };
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "tu_1", content: "out" }] };
  const second = [...ASK.messages, assistant, result];
  const third = [...second, { role: "assistant", content: "done " }, { role: "user", content: "more" }];
  const { calls, drafts } = run([
    post(PATH, ASK),
    sse([START, ...toolUse(0, "tu_1", '{"a":1}'), ...stop("tool_use", 9)]),
    post(PATH, { ...ASK, messages: second }),
    sse([START, ...text(0, "done"), ...stop("end_turn", 9)]),
    post(PATH, { ...ASK, messages: third }),
    sse([START, ...text(0, "yes"), ...stop("end_turn", 9)]),
  ]);
  assert.deepEqual(calls.map(({ id, continues }) => [id, continues]), [
    ["1-1", null],
    ["1-2", "1-1"],
    ["1-3", "1-2"],
  ]);
  const results = ofKind(drafts, "tool.result");
  assert.deepEqual(results.map(({ id, name, bytes, llm_call }) => [id, name, bytes, llm_call]), [
    ["tu_1", "Bash", 3, "1-2"],
  ]);
});

Deno.test("anthropic: conversation ids are only those that were sent; retries name the failed call", () => {
  const user_id = JSON.stringify({ session_id: "from-body" });
  const body = { ...ASK, metadata: { user_id } };
  const ok = sse([START, ...text(0, "x"), ...stop("end_turn", 2)]);
  const { calls } = run([
    post(PATH, ASK, { "x-claude-code-session-id": "from-header" }),
    json({ type: "error", error: { type: "overloaded_error", message: "busy" } }, 529),
    post(PATH, ASK, { "x-stainless-retry-count": "1" }),
    ok,
    post(PATH, body),
    ok,
  ]);
  assert.deepEqual(calls.map((call) => [call.conversation, call.retry_of]), [
    ["from-header", null],
    [null, "1-1"],
    ["from-body", null],
  ]);
});
