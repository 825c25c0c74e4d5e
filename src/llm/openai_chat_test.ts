import assert from "node:assert/strict";
import { Interpreter } from "./interpreter.ts";
import { json, ofKind, post, records, sse, type Turn } from "./testdata/wire.ts";

function run(turns: readonly Turn[]) {
  const drafts = new Interpreter().push(records(turns));
  return { drafts, calls: ofKind(drafts, "llm.call"), call: ofKind(drafts, "llm.call")[0]! };
}

const PATH = "/v1/chat/completions";
const ASK = { model: "gpt-4o", messages: [{ role: "user", content: "hi" }], max_completion_tokens: 9 };
const USAGE = {
  prompt_tokens: 10,
  completion_tokens: 4,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

function chunk(delta: unknown, finish_reason: string | null = null): unknown {
  return {
    id: "c1",
    object: "chat.completion.chunk",
    model: "gpt-4o",
    choices: [{ index: 0, delta, finish_reason }],
  };
}

const LAST = { id: "c1", object: "chat.completion.chunk", model: "gpt-4o", choices: [], usage: USAGE };

function call(index: number, called: unknown, id?: string): unknown {
  return chunk({ tool_calls: [{ index, ...(id ? { id, type: "function" } : {}), function: called }] });
}

const CASES: { name: string; answer: Turn; parts: unknown[]; stop: string }[] = [
  {
    name: "plain with a tool call and reasoning",
    answer: json({
      id: "c1",
      object: "chat.completion",
      model: "gpt-4o",
      usage: USAGE,
      choices: [{
        index: 0,
        finish_reason: "tool_calls",
        message: {
          role: "assistant",
          content: null,
          reasoning_content: "hm",
          tool_calls: [{ id: "t1", type: "function", function: { name: "sh", arguments: '{"c":"ls"}' } }],
        },
      }],
    }),
    parts: [
      { type: "reasoning", content: "hm" },
      { type: "tool_call", id: "t1", name: "sh", arguments: { c: "ls" } },
    ],
    stop: "tool_calls",
  },
  {
    name: "streamed text, usage in the last chunk",
    answer: sse([
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "A" }),
      chunk({ content: "B" }),
      chunk({}, "stop"),
      LAST,
      "[DONE]",
    ]),
    parts: [{ type: "text", content: "AB" }],
    stop: "stop",
  },
  {
    name: "streamed parallel tool calls, fragments mixed",
    answer: sse([
      call(0, { name: "sh", arguments: "" }, "t1"),
      call(1, { name: "rd", arguments: '{"p"' }, "t2"),
      call(0, { arguments: '{"c":1}' }),
      call(1, { arguments: ":2}" }),
      chunk({}, "tool_calls"),
      LAST,
      "[DONE]",
    ]),
    parts: [
      { type: "tool_call", id: "t1", name: "sh", arguments: { c: 1 } },
      { type: "tool_call", id: "t2", name: "rd", arguments: { p: 2 } },
    ],
    stop: "tool_calls",
  },
  {
    name: "refusal",
    answer: sse([chunk({ refusal: "I " }), chunk({ refusal: "won't" }), chunk({}, "stop"), LAST, "[DONE]"]),
    parts: [{ type: "other", name: "refusal", value: "I won't" }],
    stop: "stop",
  },
  {
    name: "arguments that are not JSON stay text",
    answer: sse([call(0, { name: "sh", arguments: "{oops" }, "t1"), chunk({}, "tool_calls"), LAST, "[DONE]"]),
    parts: [{ type: "tool_call", id: "t1", name: "sh", arguments: "{oops" }],
    stop: "tool_calls",
  },
];

for (const { name, answer, parts, stop } of CASES) {
  Deno.test(`openai chat: ${name}`, () => {
    const { call } = run([post(PATH, ASK), answer]);
    assert.deepEqual(call.response.parts, parts);
    assert.equal(call.response.stop_reason, stop);
    assert.deepEqual(call.usage, {
      input_tokens: 10,
      output_tokens: 4,
      cache_read_tokens: 5,
      cache_write_tokens: null,
      reasoning_tokens: 2,
    });
    assert.deepEqual(call.usage_raw, USAGE);
    assert.equal(call.complete, true);
    assert.equal(call.request.max_tokens, 9);
    assert.equal(call.api, "openai.chat");
    assert.ok(call.cost_usd! > 0);
  });
}

Deno.test("openai chat: no usage and an unknown model have no price, and not 0", () => {
  const { call: noUsage } = run([post(PATH, ASK), sse([chunk({ content: "A" }, "stop"), "[DONE]"])]);
  assert.equal(noUsage.cost_usd, null);
  assert.equal(noUsage.usage.input_tokens, null);
  const answer = { id: "c", object: "chat.completion", model: "my-model", choices: [], usage: USAGE };
  const { call: unknown } = run([post(PATH, { ...ASK, model: "my-model" }), json(answer)]);
  assert.equal(unknown.cost_usd, null);
});

Deno.test("openai chat: OpenRouter's own cost and comments", () => {
  const stream = sse([
    chunk({ content: "A" }, "stop"),
    { ...LAST, usage: { ...USAGE, cost: 0.25 } },
    "[DONE]",
  ]);
  const { call } = run([post("/api/v1/chat/completions", ASK, { host: "openrouter.ai" }), stream]);
  assert.equal(call.cost_usd, 0.25);
  assert.equal(call.provider, "openrouter");
});

Deno.test("openai chat: recognised by path and by shape", () => {
  const ok = CASES[1]!.answer;
  const cases: [path: string, body: unknown, calls: number][] = [
    ["/openai/deployments/d/chat/completions?api-version=1", { messages: ASK.messages }, 1],
    ["/gateway/x", ASK, 1],
    ["/chat/completions", "{broken", 0],
    ["/chat/completions", '{"model":"gpt-4o","messages":[', 1],
    ["/v1/embeddings", { model: "e", input: "x" }, 0],
  ];
  for (const [path, body, calls] of cases) {
    assert.equal(run([post(path, body), ok]).calls.length, calls, path);
  }
  const tokens = run([post("/count", ASK), json({ count: 3 })]);
  assert.equal(tokens.calls.length, 0);
});

Deno.test("openai chat: errors of several shapes", () => {
  const bodies: [unknown, { type: string; message: string }][] = [
    [{ error: { message: "no", type: "invalid_request_error", code: null } }, {
      type: "invalid_request_error",
      message: "no",
    }],
    [{ error: "flat" }, { type: "error", message: "flat" }],
    ["", { type: "429", message: "" }],
  ];
  for (const [body, error] of bodies) {
    const { call } = run([post(PATH, ASK), json(body, 429)]);
    assert.deepEqual(call.error, error);
    assert.equal(call.http.status, 429);
  }
});

Deno.test("openai chat: tool results come as tool messages", () => {
  const answer = CASES[0]!.answer;
  const assistant = {
    role: "assistant",
    content: null,
    tool_calls: [
      { id: "t1", type: "function", function: { name: "sh", arguments: '{"c": "ls"}' } },
    ],
  };
  const tool = { role: "tool", tool_call_id: "t1", content: "größe" };
  const { calls, drafts } = run([
    post(PATH, ASK),
    answer,
    post(PATH, { ...ASK, messages: [...ASK.messages, assistant, tool] }),
    CASES[1]!.answer,
  ]);
  assert.equal(calls[1]!.continues, "1-1");
  assert.deepEqual(calls[1]!.request.messages[2], {
    role: "tool",
    parts: [{ type: "tool_call_response", id: "t1", response: "größe" }],
  });
  const [result] = ofKind(drafts, "tool.result");
  assert.deepEqual([result!.name, result!.bytes, result!.is_error], ["sh", 7, false]);
});
