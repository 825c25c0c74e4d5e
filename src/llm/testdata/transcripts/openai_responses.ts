/** OpenAI Responses over HTTP. */
import { reference } from "../../media.ts";
import type { Usage } from "../../../event.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const PATH = "/v1/responses";
const INPUT = [{ type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] }];
const ASK = { model: "gpt-5", input: INPUT, stream: true };
const COUNTS = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 5, cache_write_tokens: 2 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 14,
};
const USAGE: Usage = {
  input_tokens: 10,
  output_tokens: 4,
  cache_read_tokens: 5,
  cache_write_tokens: 2,
  reasoning_tokens: 2,
};
const BASE = { id: "resp_1", object: "response", model: "gpt-5", status: "completed", usage: COUNTS };
const MESSAGE = {
  type: "message",
  id: "m",
  role: "assistant",
  content: [{ type: "output_text", text: "Hello", annotations: [] }],
};
const CALL = { type: "function_call", id: "f1", call_id: "c1", name: "sh", arguments: '{"a":1}' };
const PATCH = { type: "custom_tool_call", id: "f2", call_id: "c2", name: "patch", input: "*** Begin" };
const REASONING = {
  type: "reasoning",
  id: "r",
  summary: [{ type: "summary_text", text: "h" }, { type: "summary_text", text: "m" }],
  encrypted_content: "opaque",
};
const ITEMS: readonly Record<string, unknown>[] = [REASONING, MESSAGE, CALL, PATCH];
const PARTS = [
  { type: "reasoning", content: "h\n\nm", encrypted: reference("opaque") },
  { type: "text", content: "Hello" },
  { type: "tool_call", id: "c1", name: "sh", arguments: { a: 1 } },
  { type: "tool_call", id: "c2", name: "patch", arguments: "*** Begin" },
] as const;
const TOOL_CALLS = [
  { kind: "tool.call", id: "c1", name: "sh", input: { a: 1 } },
  { kind: "tool.call", id: "c2", name: "patch", input: "*** Begin" },
] as const;
const call = calls({ api: "openai.responses", provider: "openai", model: "gpt-5", usage: USAGE });

function streamed(items: readonly unknown[], ...end: readonly unknown[]): unknown[] {
  const events = [
    { type: "response.created", response: { ...BASE, usage: null, status: "in_progress", output: [] } },
    { type: "response.in_progress", response: { ...BASE, usage: null, status: "in_progress", output: [] } },
    { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "Hel" },
    { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "lo" },
    ...items.map((item, output_index) => ({ type: "response.output_item.done", output_index, item })),
    ...end,
  ];
  return events.map((event, sequence_number) => ({ ...event as object, sequence_number }));
}

export const cases: readonly Transcript[] = [
  {
    name: "plain, with settings, tools and tools added by an item",
    turns: [
      post(PATH, {
        ...ASK,
        stream: false,
        instructions: "Be brief.",
        conversation: { id: "conv_1" },
        temperature: 1,
        max_output_tokens: 50,
        tools: [{ type: "function", name: "sh", description: "d", parameters: {} }, { type: "web_search" }],
        input: [
          ...INPUT,
          {
            type: "additional_tools",
            role: "developer",
            tools: [{ type: "namespace", name: "srv", description: "s", tools: [{ name: "echo" }] }],
          },
        ],
      }),
      json({ ...BASE, output: ITEMS }, 200, { "x-request-id": "req_1" }),
    ],
    expected: [
      call({
        streaming: false,
        conversation: "conv_1",
        operation: "chat",
        request_id: "req_1",
        // USD a million of gpt-5: 1.25 plain, 0.125 cached, 10 out.
        cost_usd: (5 * 1.25 + 5 * 0.125 + 4 * 10) / 1e6,
        request: {
          system: [{ type: "text", content: "Be brief." }],
          tools: [
            { name: "sh", description: "d", parameters: {} },
            { name: "web_search", description: null, parameters: null },
            { name: "srv.echo", description: null, parameters: null },
          ],
          temperature: 1,
          max_tokens: 50,
        },
        response: { id: "resp_1", parts: PARTS, text: "Hello", stop_reason: "completed" },
      }),
      ...TOOL_CALLS,
    ],
  },
  {
    name: "streamed",
    turns: [
      post(PATH, ASK),
      sse(streamed(ITEMS, { type: "response.completed", response: { ...BASE, output: ITEMS } }), {
        named: true,
      }),
    ],
    expected: [call({ response: { parts: PARTS, text: "Hello" } }), ...TOOL_CALLS],
  },
  ...(["gzip", "br", "zstd"] as const).map((coding) => ({
    name: `streamed in ${coding}, no output in the last event`,
    turns: [
      post(PATH, ASK),
      sse(streamed([REASONING, MESSAGE], { type: "response.completed", response: BASE }), { coding }),
    ],
    expected: [call({ response: { parts: PARTS.slice(0, 2), text: "Hello" } })],
  })),
  {
    name: "an unfinished stream is assembled from its deltas",
    turns: [
      post(PATH, ASK),
      sse([
        { type: "response.output_item.added", output_index: 0, item: { type: "reasoning", summary: [] } },
        { type: "response.reasoning_summary_text.delta", output_index: 0, delta: "h" },
        { type: "response.reasoning_summary_text.delta", output_index: 0, delta: "m" },
        { type: "response.output_item.added", output_index: 1, item: { type: "message", role: "assistant" } },
        { type: "response.output_text.delta", output_index: 1, delta: "par" },
        { type: "response.refusal.delta", output_index: 1, delta: "no" },
        { type: "response.output_item.added", output_index: 2, item: { ...CALL, arguments: "" } },
        { type: "response.function_call_arguments.delta", output_index: 2, delta: '{"a"' },
        {
          type: "response.output_item.added",
          output_index: 3,
          item: { type: "code_interpreter_call", id: "ci", code: "" },
        },
        { type: "response.code_interpreter_call_code.delta", output_index: 3, delta: "1+1" },
      ], { cut: true }),
    ],
    expected: [
      call({
        model: "gpt-5",
        usage: NO_USAGE,
        complete: false,
        response: {
          parts: [
            { type: "reasoning", content: "hm" },
            { type: "text", content: "par" },
            { type: "other", name: "refusal", value: "no" },
            { type: "tool_call", id: "c1", name: "sh", arguments: '{"a"' },
            {
              type: "server_tool_call",
              id: "ci",
              name: "code_interpreter",
              server_tool_call: { type: "code_interpreter", code: "1+1" },
            },
          ],
        },
      }),
      { kind: "tool.call", id: "c1", name: "sh", input: '{"a"' },
    ],
  },
  {
    name: "failed, incomplete, an error event, and too many requests",
    turns: [
      post(PATH, ASK),
      sse(streamed([], {
        type: "response.failed",
        response: { ...BASE, usage: null, status: "failed", error: { code: "server_error", message: "no" } },
      })),
      post(PATH, { ...ASK, max_output_tokens: 2 }),
      sse(streamed([], {
        type: "response.incomplete",
        response: { ...BASE, status: "incomplete", incomplete_details: { reason: "max_output_tokens" } },
      })),
      post(PATH, { ...ASK, temperature: 1 }),
      sse([{ type: "error", code: "rate_limit_exceeded", message: "slow", param: null }]),
      post(PATH, { ...ASK, temperature: 0 }),
      json({ error: { message: "slow", type: "rate_limit_error", code: "x" } }, 429),
    ],
    expected: [
      call({
        usage: NO_USAGE,
        error: { type: "server_error", message: "no" },
        response: { text: "Hello", stop_reason: "failed" },
      }),
      call({ response: { text: "Hello", stop_reason: "max_output_tokens" } }),
      call({
        usage: NO_USAGE,
        error: { type: "rate_limit_exceeded", message: "slow" },
        response: { text: "" },
      }),
      call({
        streaming: false,
        usage: NO_USAGE,
        error: { type: "rate_limit_error", message: "slow" },
        response: { parts: [] },
      }),
    ],
  },
  {
    name: "in the background: queued, and fetched later, which is no call",
    turns: [
      post(PATH, { ...ASK, stream: false, background: true }),
      json({ ...BASE, usage: null, status: "queued", output: [] }),
      post("/v1/responses/resp_1/cancel", ""),
      json({ ...BASE, usage: null, status: "cancelled", output: [] }),
      post("/v1/responses/input_tokens", ASK),
      json({ object: "response.input_tokens", input_tokens: 3 }),
    ],
    expected: [call({ streaming: false, usage: NO_USAGE, response: { parts: [], stop_reason: "queued" } })],
  },
  {
    name: "history compacted by the provider",
    turns: [
      post("/v1/responses/compact", { model: "gpt-5", input: INPUT }),
      json({
        id: "resp_2",
        object: "response.compaction",
        output: [...INPUT, { type: "compaction", id: "cmp_1", encrypted_content: "opaque" }],
        usage: COUNTS,
      }),
    ],
    expected: [call({
      streaming: false,
      response: {
        parts: [
          { type: "text", content: "hi" },
          { type: "compaction", id: "cmp_1", content: null, encrypted: reference("opaque") },
        ],
      },
    })],
  },
];
