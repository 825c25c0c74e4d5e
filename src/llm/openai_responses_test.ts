import assert from "node:assert/strict";
import { Interpreter } from "./interpreter.ts";
import { json, ofKind, post, records, sse, type Turn } from "./testdata/wire.ts";

function run(turns: readonly Turn[]) {
  const drafts = new Interpreter().push(records(turns));
  return { drafts, calls: ofKind(drafts, "llm.call"), call: ofKind(drafts, "llm.call")[0]! };
}

const PATH = "/v1/responses";
const ASK = {
  model: "gpt-5",
  instructions: "Be brief.",
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }],
  tools: [{ type: "function", name: "sh", description: null, parameters: {} }, { type: "web_search" }],
  max_output_tokens: 50,
};
const USAGE = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 5 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 2 },
};
const MESSAGE = {
  type: "message",
  id: "m",
  role: "assistant",
  content: [{ type: "output_text", text: "Hello" }],
};
const CALL_1 = { type: "function_call", id: "f1", call_id: "c1", name: "sh", arguments: '{"a":1}' };
const CALL_2 = { type: "custom_tool_call", id: "f2", call_id: "c2", name: "patch", input: "*** Begin" };
const REASONING = { type: "reasoning", id: "r", summary: [{ type: "summary_text", text: "hm" }] };
const ITEMS = [REASONING, MESSAGE, CALL_1, CALL_2];
const BASE = { id: "resp_1", object: "response", model: "gpt-5", status: "completed", usage: USAGE };
const PARTS = [
  { type: "reasoning", content: "hm" },
  { type: "text", content: "Hello" },
  { type: "tool_call", id: "c1", name: "sh", arguments: { a: 1 } },
  { type: "tool_call", id: "c2", name: "patch", arguments: "*** Begin" },
];

function stream(end: unknown[], items = ITEMS): unknown[] {
  return [
    { type: "response.created", response: { id: "resp_1", model: "gpt-5", status: "in_progress" } },
    { type: "response.output_text.delta", output_index: 1, delta: "Hel" },
    { type: "response.output_text.delta", output_index: 1, delta: "lo" },
    ...items.map((item, output_index) => ({ type: "response.output_item.done", output_index, item })),
    ...end,
  ];
}

const CASES: [string, Turn][] = [
  ["plain", json({ ...BASE, output: ITEMS })],
  [
    "streamed",
    sse(stream([{ type: "response.completed", response: { ...BASE, output: ITEMS } }]), { named: true }),
  ],
  ["streamed, no output in the end", sse(stream([{ type: "response.completed", response: BASE }]))],
];

for (const [name, answer] of CASES) {
  Deno.test(`openai responses: ${name}`, () => {
    const { call, drafts } = run([post(PATH, ASK), answer]);
    assert.deepEqual(call.response.parts, PARTS);
    assert.equal(call.response.text, "Hello");
    assert.equal(call.response.id, "resp_1");
    assert.equal(call.response.stop_reason, "completed");
    assert.equal(call.usage.reasoning_tokens, 2);
    assert.ok(call.cost_usd! > 0);
    assert.equal(call.complete, true);
    assert.deepEqual(ofKind(drafts, "tool.call").map(({ id }) => id), ["c1", "c2"]);
    assert.deepEqual(call.request.system, [{ type: "text", content: "Be brief." }]);
    assert.deepEqual(call.request.tools.map((tool) => tool.name), ["sh", "web_search"]);
    if (call.streaming) assert.equal(ofKind(drafts, "llm.delta").map(({ text }) => text).join(""), "Hello");
  });
}

Deno.test("openai responses: failed, incomplete and in-stream errors", () => {
  const failure = { ...BASE, status: "failed", error: { code: "server_error", message: "no" } };
  const { call: failed } = run([
    post(PATH, ASK),
    sse(stream([{ type: "response.failed", response: failure }])),
  ]);
  assert.deepEqual(failed.error, { type: "server_error", message: "no" });
  const cutOff = { ...BASE, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
  const { call: short } = run([
    post(PATH, ASK),
    sse(stream([{ type: "response.incomplete", response: cutOff }])),
  ]);
  assert.equal(short.response.stop_reason, "max_output_tokens");
  const { call: broken } = run([post(PATH, ASK), sse([{ type: "error", code: "rate", message: "slow" }])]);
  assert.deepEqual(broken.error, { type: "rate", message: "slow" });
});

Deno.test("openai responses: an unfinished stream is assembled from its deltas", () => {
  const events = [
    { type: "response.output_item.added", output_index: 0, item: { type: "message", role: "assistant" } },
    { type: "response.output_text.delta", output_index: 0, delta: "par" },
    { type: "response.output_item.added", output_index: 1, item: { ...CALL_1, arguments: "" } },
    { type: "response.function_call_arguments.delta", output_index: 1, delta: '{"a"' },
  ];
  const { call } = run([post(PATH, ASK), sse(events, { cut: true })]);
  assert.equal(call.complete, false);
  assert.deepEqual(call.response.parts, [
    { type: "text", content: "par" },
    { type: "tool_call", id: "c1", name: "sh", arguments: '{"a"' },
  ]);
});

Deno.test("openai responses: turns are joined by response id and by items, results by call id", () => {
  const output = { type: "function_call_output", call_id: "c1", output: "done" };
  const { calls, drafts } = run([
    post(PATH, ASK),
    CASES[0]![1],
    post(PATH, { model: "gpt-5", previous_response_id: "resp_1", input: [output] }),
    json({ ...BASE, id: "resp_2", output: [MESSAGE] }),
    post(PATH, { ...ASK, input: [...ASK.input, ...ITEMS, output], conversation: { id: "conv" } }),
    json({ ...BASE, id: "resp_3", output: [MESSAGE] }),
  ]);
  assert.deepEqual(calls.map(({ continues, conversation }) => [continues, conversation]), [
    [null, null],
    ["1-1", null],
    ["1-1", "conv"],
  ]);
  assert.deepEqual(ofKind(drafts, "tool.result").map(({ id, name }) => [id, name]), [["c1", "sh"]]);
});

Deno.test("openai responses: on an unknown path the answer decides", () => {
  const ask = { model: "gpt-5", input: "hi" };
  assert.equal(run([post("/x", ask), CASES[1]![1]]).calls.length, 1);
  assert.equal(run([post("/x", ask), json({ object: "list", data: [] })]).calls.length, 0);
});
