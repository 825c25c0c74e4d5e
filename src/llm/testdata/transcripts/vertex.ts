/** Vertex AI: Gemini, Anthropic's models, and the API that is compatible with OpenAI's. */
import { ASK as CLAUDE, START, stop, text, toolUse, USAGE as CLAUDE_USAGE } from "../anthropic.ts";
import { ASK, COST, COUNTS, last, response, USAGE } from "../gemini.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const PROJECT = "/v1/projects/p/locations/us-central1";
const HOST = { host: "us-central1-aiplatform.googleapis.com" };
const GEMINI = `${PROJECT}/publishers/google/models/gemini-2.5-pro`;
const ANTHROPIC = `${PROJECT}/publishers/anthropic/models/claude-opus-5-5`;
const { model: _, ...ask } = { ...CLAUDE, anthropic_version: "vertex-2023-10-16" };
const call = calls({
  api: "gemini.generate",
  provider: "gcp.vertex_ai",
  model: "gemini-2.5-pro",
  usage: USAGE,
});
const claude = calls({
  api: "anthropic.messages",
  provider: "gcp.vertex_ai",
  model: "claude-opus-5-5",
  usage: CLAUDE_USAGE,
});

function partial(functionCall: unknown): unknown {
  return response([{ functionCall }]);
}

export const cases: readonly Transcript[] = [
  {
    name: "Gemini streamed, with the arguments of calls in pieces",
    turns: [
      post(`${GEMINI}:streamGenerateContent?alt=sse`, ASK, { host: "aiplatform.googleapis.com" }),
      sse([
        partial({ name: "ls", willContinue: true }),
        partial({
          partialArgs: [{ jsonPath: "$.path", stringValue: "/gr", willContinue: true }],
          willContinue: true,
        }),
        partial({ partialArgs: [{ jsonPath: "$.path", stringValue: "ün" }], willContinue: true }),
        partial({
          partialArgs: [
            { jsonPath: "$.filters[0].name", stringValue: "a" },
            { jsonPath: "$.filters[1]['max size']", numberValue: 2 },
            { jsonPath: "$.all", boolValue: true },
            { jsonPath: "$.none", nullValue: "NULL_VALUE" },
            { jsonPath: "$.__proto__.x", stringValue: "y" },
            { jsonPath: "$..deep", stringValue: "?" },
            { jsonPath: "$.filters[999999999]", stringValue: "far" },
          ],
          willContinue: true,
        }),
        partial({}),
        last({ functionCall: { id: "fc_2", name: "rm", args: { path: "/" } } }),
      ]),
    ],
    expected: [
      call({ cost_usd: COST, usage_raw: COUNTS, response: { text: "" } }),
      {
        kind: "tool.call",
        id: "1-1.0",
        name: "ls",
        input: { path: "/grün", filters: [{ name: "a" }, { "max size": 2 }], all: true, none: null },
      },
      { kind: "tool.call", id: "fc_2", name: "rm", input: { path: "/" } },
    ],
  },
  {
    name: "Anthropic streamed, two tools",
    turns: [
      post(`${ANTHROPIC}:streamRawPredict`, ask, HOST),
      sse([
        START,
        ...text(0, "ok"),
        ...toolUse(1, "toolu_vrtx_1", '{"command":', '"ls"}'),
        ...toolUse(2, "toolu_vrtx_2"),
        ...stop("tool_use", 20),
      ], { named: true }),
    ],
    expected: [
      claude({
        // USD a million: 3 plain at 4, 100 read at 0.2, 10 written at 5, 20 out at 20.
        cost_usd: (3 * 4 + 100 * 0.2 + 10 * 5 + 20 * 20) / 1e6,
        request: { max_tokens: 1024 },
        response: { text: "ok", stop_reason: "tool_use" },
      }),
      { kind: "tool.call", id: "toolu_vrtx_1", name: "Bash", input: { command: "ls" } },
      { kind: "tool.call", id: "toolu_vrtx_2", name: "Bash", input: {} },
    ],
  },
  {
    name: "Anthropic plain, a model with a date; an error of Vertex itself; counting tokens",
    turns: [
      post(`${PROJECT}/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict`, ask, HOST),
      json({
        ...START.message,
        model: undefined,
        content: [{ type: "text", text: "Hi" }],
        usage: { input_tokens: 3, output_tokens: 2 },
      }),
      post(`${ANTHROPIC}:streamRawPredict`, ask, HOST),
      json([{ error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } }], 429),
      post(`${PROJECT}/publishers/anthropic/models/count-tokens:rawPredict`, CLAUDE, HOST),
      json({ input_tokens: 5 }),
    ],
    expected: [
      claude({
        streaming: false,
        model: "claude-sonnet-4@20250514",
        usage: { ...NO_USAGE, input_tokens: 3, output_tokens: 2 },
        cost_usd: (3 * 3 + 2 * 15) / 1e6,
        response: { text: "Hi" },
      }),
      claude({
        usage: NO_USAGE,
        error: { type: "RESOURCE_EXHAUSTED", message: "Quota" },
        response: { parts: [] },
      }),
    ],
  },
  {
    name: "OpenAI's API",
    turns: [
      post(`${PROJECT}/endpoints/openapi/chat/completions`, {
        model: "google/gemini-2.5-pro",
        messages: [{ role: "user", content: "hi" }],
      }, HOST),
      json({
        id: "c1",
        object: "chat.completion",
        model: "google/gemini-2.5-pro",
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hi" } }],
        usage: { prompt_tokens: 60, completion_tokens: 25, total_tokens: 85 },
      }),
    ],
    expected: [
      calls({ api: "openai.chat", provider: "gcp.vertex_ai", model: "google/gemini-2.5-pro" })({
        streaming: false,
        usage: { ...NO_USAGE, input_tokens: 60, output_tokens: 25 },
        cost_usd: (60 * 1.25 + 25 * 10) / 1e6,
        response: { text: "Hi" },
      }),
    ],
  },
];
