import assert from "node:assert/strict";
import { Interpreter } from "./interpreter.ts";
import { ASK, START, stop, text, toolUse, USAGE } from "./testdata/anthropic.ts";
import { json, ofKind, post, records, sse, type Turn } from "./testdata/wire.ts";

function run(turns: readonly Turn[]) {
  const interpreter = new Interpreter();
  const drafts = interpreter.push(records(turns));
  const calls = ofKind(drafts, "llm.call");
  return { drafts, call: calls[0]!, calls };
}

const PATH = "/v1/messages?beta=true";

const CASES: { name: string; answer: Turn; expected: Record<string, unknown> }[] = [
  {
    name: "plain",
    answer: json({
      ...START.message,
      content: [{ type: "thinking", thinking: "hm", signature: "s" }, { type: "text", text: "Hi" }],
      stop_reason: "end_turn",
      usage: { ...START.message.usage, output_tokens: 20 },
    }),
    expected: {
      id: "msg_1",
      parts: [{ type: "reasoning", content: "hm" }, { type: "text", content: "Hi" }],
      text: "Hi",
      tool_calls: [],
      stop_reason: "end_turn",
    },
  },
  {
    name: "streamed text with ping",
    answer: sse([START, { type: "ping" }, ...text(0, "Hel", "lo – é"), ...stop("end_turn", 20)], {
      named: true,
    }),
    expected: {
      id: "msg_1",
      parts: [{ type: "text", content: "Hello – é" }],
      text: "Hello – é",
      tool_calls: [],
      stop_reason: "end_turn",
    },
  },
  {
    name: "parallel tool calls, one without input",
    answer: sse([
      START,
      ...text(0, "ok"),
      ...toolUse(1, "tu_1", "", '{"comm', 'and":"ls"}'),
      ...toolUse(2, "tu_2"),
      ...stop("tool_use", 20),
    ]),
    expected: {
      id: "msg_1",
      parts: [
        { type: "text", content: "ok" },
        { type: "tool_call", id: "tu_1", name: "Bash", arguments: { command: "ls" } },
        { type: "tool_call", id: "tu_2", name: "Bash", arguments: {} },
      ],
      text: "ok",
      tool_calls: [
        { id: "tu_1", name: "Bash", input: { command: "ls" } },
        { id: "tu_2", name: "Bash", input: {} },
      ],
      stop_reason: "tool_use",
    },
  },
];

for (const { name, answer, expected } of CASES) {
  Deno.test(`anthropic: ${name}`, () => {
    const { call, drafts } = run([post(PATH, ASK), answer]);
    assert.deepEqual(call.response, expected);
    assert.deepEqual(call.usage, USAGE);
    assert.equal(call.complete, true);
    assert.equal(call.error, null);
    assert.equal(call.provider, "anthropic");
    assert.equal(call.api, "anthropic.messages");
    assert.equal(call.id, "1-1");
    // 3 plain + 100 read + 10 written + 20 out at the list price of the model.
    assert.ok(call.cost_usd !== null && call.cost_usd > 0);
    assert.equal(ofKind(drafts, "tool.call").length, call.response.tool_calls.length);
    const deltas = ofKind(drafts, "llm.delta").map((delta) => delta.text).join("");
    if (call.streaming) assert.equal(deltas, call.response.text);
  });
}

Deno.test("anthropic: the request as messages, tools and settings", () => {
  const { call } = run([post(PATH, { ...ASK, temperature: 0 }), CASES[0]!.answer]);
  assert.deepEqual(call.request, {
    system: [{ type: "text", content: "Be brief." }],
    messages: [{ role: "user", parts: [{ type: "text", content: "List the files — alle Größen" }] }],
    tools: [{ name: "Bash", description: "Runs it", parameters: { type: "object" } }],
    history: "sent",
    temperature: 0,
    max_tokens: 1024,
  });
  assert.equal(call.endpoint, "https://llm.test/v1/messages?beta=true");
});

Deno.test("anthropic: media, tool results and unknown blocks in a request", () => {
  const source = { type: "base64", media_type: "image/png", data: "aGk=" };
  const content = [
    { type: "image", source },
    { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
    { type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "é" }], is_error: true },
    { type: "container_upload", file_id: "f" },
  ];
  const { call, drafts } = run([
    post(PATH, { ...ASK, messages: [{ role: "user", content }] }),
    CASES[0]!.answer,
  ]);
  const sha256 = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";
  assert.deepEqual(call.request.messages[0]!.parts, [
    { type: "blob", modality: "image", mime_type: "image/png", byte_size: 2, sha256 },
    { type: "uri", modality: "image", uri: "https://x.test/a.png" },
    { type: "tool_call_response", id: "t", response: [{ type: "text", content: "é" }], is_error: true },
    { type: "other", name: "container_upload", value: { type: "container_upload", file_id: "f" } },
  ]);
  const [result] = ofKind(drafts, "tool.result");
  assert.deepEqual([result!.id, result!.name, result!.is_error, result!.bytes], ["t", null, true, 2]);
});

Deno.test("anthropic: server tools stay with the provider", () => {
  const block = { type: "server_tool_use", id: "s", name: "web_search", input: {} };
  const delta = { type: "input_json_delta", partial_json: '{"query":"x"}' };
  const { call } = run([
    post(PATH, ASK),
    sse([
      START,
      { type: "content_block_start", index: 0, content_block: block },
      { type: "content_block_delta", index: 0, delta },
      ...stop("end_turn", 20),
    ]),
  ]);
  const value = { ...block, input: { query: "x" } };
  assert.deepEqual(call.response.parts, [{ type: "other", name: "server_tool_use", value }]);
  assert.deepEqual(call.response.tool_calls, []);
});

Deno.test("anthropic: errors, by status, in the stream and without JSON", () => {
  const error = { type: "overloaded_error", message: "busy" };
  const cases: [Turn, { type: string; message: string }, boolean][] = [
    [json({ type: "error", error }, 529), error, true],
    [sse([START, ...text(0, "par"), { type: "error", error }]), error, true],
    [json("<html>bad gateway", 502), { type: "502", message: "<html>bad gateway" }, true],
  ];
  for (const [answer, expected, complete] of cases) {
    const { call } = run([post(PATH, ASK), answer]);
    assert.deepEqual(call.error, expected);
    assert.equal(call.complete, complete);
  }
});

Deno.test("anthropic: a stream that breaks off keeps what was there", () => {
  const { call } = run([post(PATH, ASK), sse([START, ...text(0, "half")], { cut: true })]);
  assert.equal(call.complete, false);
  assert.equal(call.response.text, "half");
  assert.equal(call.usage.input_tokens, 113);
});

Deno.test("anthropic: the call is told at message_stop, before the body ends", () => {
  const interpreter = new Interpreter();
  const turns = [post(PATH, ASK), sse([START, ...text(0, "x"), ...stop("end_turn", 2)], { cut: true })];
  const drafts = interpreter.push(records(turns, { close: false }));
  assert.equal(ofKind(drafts, "llm.call")[0]!.complete, true);
  assert.equal(ofKind(drafts, "http.exchange").length, 0);
});

Deno.test("anthropic: token counts and other services on the same host are not calls", () => {
  const { drafts, calls } = run([post("/v1/messages/count_tokens", ASK), json({ input_tokens: 5 })]);
  assert.equal(calls.length, 0);
  assert.equal(ofKind(drafts, "http.exchange").length, 1);
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
