/** Amazon Bedrock's InvokeModel, in the formats of the models' makers. */
import { amazonException } from "../../../protocol/body/testdata/event_stream.ts";
import { ASK as CLAUDE, START, stop, text, toolUse, USAGE as CLAUDE_USAGE } from "../anthropic.ts";
import { amazonChunk, amazonStream } from "../event_stream.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const HOST = { host: "bedrock-runtime.eu-west-1.amazonaws.com" };
const MODEL = "eu.anthropic.claude-opus-5-5-v1:0";
const { model: _, stream: __, ...ask } = { ...CLAUDE, anthropic_version: "bedrock-2023-05-31" };
const METRICS = { inputTokenCount: 3, outputTokenCount: 20, invocationLatency: 9, firstByteLatency: 5 };
/** USD a million on Bedrock in one region: 4.4 plain, 0.22 read, 5.5 written, 22 out. */
const CLAUDE_COST = (3 * 4.4 + 100 * 0.22 + 10 * 5.5 + 20 * 22) / 1e6;
const common = { api: "bedrock.invoke", provider: "aws.bedrock" } as const;
const claude = calls({ ...common, model: "claude-opus-5-5", usage: CLAUDE_USAGE });
const COUNTED = { ...NO_USAGE, input_tokens: 3, output_tokens: 20 };

function at(model: string, stream = false): string {
  return `/model/${encodeURIComponent(model)}/invoke${stream ? "-with-response-stream" : ""}`;
}

/** The last event has the counts of the service. */
function metered(events: readonly unknown[]): unknown[] {
  return [...events.slice(0, -1), {
    ...events.at(-1) as object,
    "amazon-bedrock-invocationMetrics": METRICS,
  }];
}

function chunks(events: readonly unknown[]) {
  return amazonStream(metered(events).map(amazonChunk));
}

const HEAD = {
  "X-Amzn-Bedrock-Input-Token-Count": "3",
  "X-Amzn-Bedrock-Output-Token-Count": "20",
};
const HELLO = [{ role: "user", parts: [{ type: "text", content: "Grüße" }] }] as const;

export const cases: readonly Transcript[] = [
  {
    name: "Anthropic streamed, two tools, a result",
    turns: [
      post(at(MODEL, true), ask, HOST),
      chunks([
        START,
        ...text(0, "Größ", "en"),
        ...toolUse(1, "toolu_bdrk_1", '{"command":', '"ls"}'),
        ...toolUse(2, "toolu_bdrk_2"),
        ...stop("tool_use", 20),
      ]),
      post(at(MODEL, true), {
        ...ask,
        messages: [
          ...ask.messages,
          {
            role: "assistant",
            content: [
              { type: "text", text: "Größen" },
              { type: "tool_use", id: "toolu_bdrk_1", name: "Bash", input: { command: "ls" } },
              { type: "tool_use", id: "toolu_bdrk_2", name: "Bash", input: {} },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_bdrk_1", content: "a" }] },
        ],
      }, HOST),
      chunks([START, ...text(0, "done"), ...stop("end_turn", 20)]),
    ],
    expected: [
      claude({
        request_id: "aws-1",
        cost_usd: CLAUDE_COST,
        request: { system: [{ type: "text", content: "Be brief." }], max_tokens: 1024 },
        response: { id: "msg_1", text: "Größen", stop_reason: "tool_use" },
      }),
      { kind: "tool.call", id: "toolu_bdrk_1", name: "Bash", input: { command: "ls" } },
      { kind: "tool.call", id: "toolu_bdrk_2", name: "Bash", input: {} },
      { kind: "tool.result", id: "toolu_bdrk_1", name: "Bash", is_error: false, bytes: 1 },
      claude({ continues: "1-1", response: { text: "done" } }),
    ],
  },
  {
    name: "Anthropic plain, short and long cache writes; errors of the model, of the service, in the stream",
    turns: [
      post(at(MODEL), ask, HOST),
      json(
        {
          ...START.message,
          content: [{ type: "text", text: "Hi" }],
          usage: {
            ...START.message.usage,
            cache_creation: { ephemeral_5m_input_tokens: 6, ephemeral_1h_input_tokens: 4 },
            output_tokens: 20,
          },
        },
        200,
        HEAD,
      ),
      post(at(MODEL), ask, HOST),
      json({ message: "The provided model identifier is invalid." }, 400, {
        "x-amzn-ErrorType": "ValidationException",
      }),
      post(at(MODEL, true), ask, HOST),
      amazonStream([
        amazonChunk(START),
        amazonChunk(text(0, "par")[0]),
        amazonChunk(text(0, "par")[1]),
        amazonException("throttlingException", "Too many tokens"),
      ]),
      post(at(MODEL, true), ask, HOST),
      amazonStream([START, ...text(0, "half")].map(amazonChunk), { cut: true }),
    ],
    expected: [
      claude({
        streaming: false,
        cost_usd: (3 * 4.4 + 100 * 0.22 + 6 * 5.5 + 4 * 8.8 + 20 * 22) / 1e6,
        response: { text: "Hi" },
      }),
      claude({
        streaming: false,
        model: MODEL,
        usage: NO_USAGE,
        error: { type: "ValidationException", message: "The provided model identifier is invalid." },
        response: { parts: [] },
      }),
      claude({
        retry_of: "1-2",
        usage: { ...CLAUDE_USAGE, output_tokens: 1 },
        error: { type: "throttlingException", message: "Too many tokens" },
        response: { text: "par" },
      }),
      claude({
        retry_of: "1-3",
        complete: false,
        usage: { ...CLAUDE_USAGE, output_tokens: 1 },
        response: { text: "half" },
      }),
    ],
  },
  {
    name: "Nova, plain and streamed",
    turns: [
      post(at("amazon.nova-pro-v1:0"), {
        schemaVersion: "messages-v1",
        messages: [{ role: "user", content: [{ text: "Grüße" }] }],
        inferenceConfig: { max_new_tokens: 9 },
      }, HOST),
      json({
        output: { message: { role: "assistant", content: [{ text: "Hi" }] } },
        stopReason: "end_turn",
        usage: { inputTokens: 3, outputTokens: 20, totalTokens: 23, cacheReadInputTokenCount: 100 },
      }),
      post(
        at("amazon.nova-pro-v1:0", true),
        { messages: [{ role: "user", content: [{ text: "Grüße" }] }] },
        HOST,
      ),
      chunks([
        { messageStart: { role: "assistant" } },
        { contentBlockDelta: { delta: { text: "Gr" }, contentBlockIndex: 0 } },
        { contentBlockDelta: { delta: { text: "üße" }, contentBlockIndex: 0 } },
        { contentBlockStop: { contentBlockIndex: 0 } },
        { contentBlockStart: { start: { toolUse: { toolUseId: "n1", name: "ls" } }, contentBlockIndex: 1 } },
        { contentBlockDelta: { delta: { toolUse: { input: '{"a":1}' } }, contentBlockIndex: 1 } },
        { messageStop: { stopReason: "tool_use" } },
        { metadata: { usage: { inputTokens: 3, outputTokens: 20 }, metrics: {}, trace: {} } },
      ]),
    ],
    expected: [
      calls({ ...common, model: "amazon.nova-pro-v1:0" })({
        streaming: false,
        usage: { ...COUNTED, input_tokens: 103, cache_read_tokens: 100 },
        // USD a million: 3 plain at 0.8, 100 read at 0.2, 20 out at 3.2.
        cost_usd: (3 * 0.8 + 100 * 0.2 + 20 * 3.2) / 1e6,
        request: { messages: HELLO, max_tokens: 9 },
        response: { text: "Hi", stop_reason: "end_turn" },
      }),
      calls({ ...common, model: "amazon.nova-pro-v1:0", usage: COUNTED })({
        cost_usd: (3 * 0.8 + 20 * 3.2) / 1e6,
        response: { text: "Grüße", stop_reason: "tool_use" },
      }),
      { kind: "tool.call", id: "n1", name: "ls", input: { a: 1 } },
    ],
  },
  {
    name: "Llama, plain and streamed",
    turns: [
      post(at("meta.llama3-70b-instruct-v1:0"), { prompt: "Grüße", max_gen_len: 9, temperature: 0.5 }, HOST),
      json({ generation: "Hi", prompt_token_count: 3, generation_token_count: 20, stop_reason: "stop" }),
      post(at("meta.llama3-70b-instruct-v1:0", true), { prompt: "Grüße" }, HOST),
      chunks([
        { generation: "Gr", prompt_token_count: 3, generation_token_count: 1, stop_reason: null },
        { generation: "üße", prompt_token_count: null, generation_token_count: 2, stop_reason: null },
        { generation: "", prompt_token_count: null, generation_token_count: 20, stop_reason: "length" },
      ]),
    ],
    expected: ["Hi", "Grüße"].map((text, i) =>
      calls({ ...common, model: "meta.llama3-70b-instruct-v1:0", usage: COUNTED })({
        streaming: i === 1,
        // USD a million: 2.65 in, 3.5 out.
        cost_usd: (3 * 2.65 + 20 * 3.5) / 1e6,
        request: { messages: HELLO, max_tokens: i === 0 ? 9 : null },
        response: { text, stop_reason: i === 0 ? "stop" : "length" },
      })
    ),
  },
  {
    name: "Mistral, as text and as chat; the counts are in the head",
    turns: [
      post(at("mistral.mistral-large-2402-v1:0"), { prompt: "Grüße", max_tokens: 9 }, HOST),
      json({ outputs: [{ text: "Hi", stop_reason: "stop" }] }, 200, HEAD),
      post(
        at("mistral.pixtral-large-2502-v1:0", true),
        { messages: [{ role: "user", content: "Grüße" }] },
        HOST,
      ),
      chunks([
        { id: "m1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "Gr" } }] },
        { id: "m1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "üße" } }] },
        {
          id: "m1",
          object: "chat.completion.chunk",
          choices: [{ index: 0, delta: {}, finish_reason: "stop" }],
        },
      ]),
    ],
    expected: [
      calls({ ...common, model: "mistral.mistral-large-2402-v1:0", usage: COUNTED })({
        streaming: false,
        // USD a million: 4 in, 12 out.
        cost_usd: (3 * 4 + 20 * 12) / 1e6,
        request: { messages: HELLO, max_tokens: 9 },
        response: { text: "Hi", stop_reason: "stop" },
      }),
      calls({ ...common, model: "mistral.pixtral-large-2502-v1:0", usage: COUNTED })({
        request: { messages: HELLO },
        response: { id: "m1", text: "Grüße", stop_reason: "stop" },
      }),
    ],
  },
  {
    name: "Cohere, Titan, and a model that nobody knows",
    turns: [
      post(at("cohere.command-r-v1:0", true), {
        message: "Grüße",
        preamble: "Be brief.",
        chat_history: [{ role: "CHATBOT", message: "Ja?" }],
        tools: [{ name: "ls", description: "Lists", parameter_definitions: {} }],
      }, HOST),
      chunks([
        { event_type: "stream-start", generation_id: "g1", is_finished: false },
        { event_type: "text-generation", text: "Gr", is_finished: false },
        { event_type: "text-generation", text: "üße", is_finished: false },
        { event_type: "tool-calls-generation", tool_calls: [{ name: "ls", parameters: { a: 1 } }] },
        {
          event_type: "stream-end",
          is_finished: true,
          finish_reason: "COMPLETE",
          response: { text: "Grüße" },
        },
      ]),
      post(at("amazon.titan-text-express-v1"), {
        inputText: "Grüße",
        textGenerationConfig: { maxTokenCount: 9, temperature: 0.5 },
      }, HOST),
      json(
        {
          inputTextTokenCount: 3,
          results: [{ tokenCount: 20, outputText: "Hi", completionReason: "FINISH" }],
        },
        200,
        HEAD,
      ),
      post(at("acme.new-v1"), { ask: "Grüße" }, HOST),
      json({ said: "Hi" }),
    ],
    expected: [
      calls({ ...common, model: "cohere.command-r-v1:0", usage: COUNTED })({
        request: {
          system: [{ type: "text", content: "Be brief." }],
          messages: [{ role: "assistant", parts: [{ type: "text", content: "Ja?" }] }, ...HELLO],
          tools: [{ name: "ls", description: "Lists", parameters: {} }],
        },
        response: { id: "g1", text: "Grüße", stop_reason: "COMPLETE" },
      }),
      { kind: "tool.call", id: "1-1.0", name: "ls", input: { a: 1 } },
      calls({ ...common, model: "amazon.titan-text-express-v1", usage: COUNTED })({
        streaming: false,
        request: { messages: HELLO, max_tokens: 9, temperature: 0.5 },
        response: { text: "Hi", stop_reason: "FINISH" },
      }),
      calls({ ...common, model: "acme.new-v1" })({
        streaming: false,
        request: {
          messages: [{ role: "user", parts: [{ type: "other", name: "json", value: { ask: "Grüße" } }] }],
        },
        response: { parts: [{ type: "other", name: "json", value: { said: "Hi" } }] },
      }),
    ],
  },
  {
    name: "a guardrail; Anthropic's own API on Bedrock's host",
    turns: [
      post(at(MODEL), ask, HOST),
      json({
        type: "message",
        content: [{ type: "text", text: "Sorry" }],
        "amazon-bedrock-guardrailAction": "INTERVENED",
      }),
      post("/anthropic/v1/messages", CLAUDE, { host: "bedrock-mantle.us-east-1.api.aws" }),
      sse([START, ...text(0, "Hi"), ...stop("end_turn", 20)]),
    ],
    expected: [
      claude({
        streaming: false,
        model: MODEL,
        usage: NO_USAGE,
        response: { text: "Sorry", stop_reason: "guardrail_intervened" },
      }),
      claude({ api: "anthropic.messages", cost_usd: CLAUDE_COST, response: { text: "Hi" } }),
    ],
  },
];
