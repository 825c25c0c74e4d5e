/** Amazon Bedrock's Converse and ConverseStream. */
import { amazonEvent, amazonException, amazonMessage } from "../../../protocol/body/testdata/event_stream.ts";
import { amazonStream } from "../event_stream.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post } from "../wire.ts";

const HOST = { host: "bedrock-runtime.us-east-1.amazonaws.com" };
const MODEL = "us.anthropic.claude-opus-5-5-v1:0";
const AT = `/model/${encodeURIComponent(MODEL)}`;
const ASK = {
  messages: [{ role: "user", content: [{ text: "List — ü" }] }],
  system: [{ text: "Be brief." }, { cachePoint: { type: "default" } }],
  inferenceConfig: { maxTokens: 99, temperature: 0.5 },
  toolConfig: {
    tools: [
      { toolSpec: { name: "ls", description: "Lists", inputSchema: { json: { type: "object" } } } },
      { cachePoint: { type: "default" } },
      { systemTool: { name: "nova_grounding" } },
    ],
  },
};
const COUNTS = {
  inputTokens: 3,
  outputTokens: 20,
  totalTokens: 133,
  cacheReadInputTokens: 100,
  cacheWriteInputTokens: 10,
  cacheDetails: [{ ttl: "1h", inputTokens: 4 }, { ttl: "5m", inputTokens: 6 }],
};
const USAGE = {
  input_tokens: 113,
  output_tokens: 20,
  cache_read_tokens: 100,
  cache_write_tokens: 10,
  reasoning_tokens: null,
};
/** USD a million on Bedrock in one region: 4.4 plain, 0.22 read, 8.8 and 5.5 written for 1 h and 5 min, 22 out. */
const COST = (3 * 4.4 + 100 * 0.22 + 4 * 8.8 + 6 * 5.5 + 20 * 22) / 1e6;
const SIGNATURE = {
  byte_size: 4,
  sha256: "0e06099dae0f6bf0eea7c11cf8f0295427cf1133d4c4ff5dda3deca53409e1c2",
};
const BLOB = { byte_size: 2, sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4" };
const call = calls({ api: "bedrock.converse", provider: "aws.bedrock", model: MODEL, usage: USAGE });

function delta(contentBlockIndex: number, delta: unknown) {
  return amazonEvent("contentBlockDelta", { contentBlockIndex, delta, p: "abc" });
}

function toolUse(contentBlockIndex: number, toolUseId: string, ...inputs: string[]) {
  return [
    amazonEvent("contentBlockStart", { contentBlockIndex, start: { toolUse: { toolUseId, name: "ls" } } }),
    ...inputs.map((input) => delta(contentBlockIndex, { toolUse: { input } })),
    amazonEvent("contentBlockStop", { contentBlockIndex }),
  ];
}

const START = amazonEvent("messageStart", { role: "assistant" });

function end(stopReason: string) {
  return [
    amazonEvent("messageStop", { stopReason }),
    amazonEvent("metadata", { usage: COUNTS, metrics: { latencyMs: 9 } }),
  ];
}

function whole(content: readonly unknown[], stopReason: string): unknown {
  return { output: { message: { role: "assistant", content } }, stopReason, usage: COUNTS, metrics: {} };
}

export const cases: readonly Transcript[] = [
  {
    name: "plain, with reasoning, a picture, a source and a guarded text",
    turns: [
      post(`${AT}/converse`, {
        ...ASK,
        messages: [{
          role: "user",
          content: [
            { guardContent: { text: { text: "What?", qualifiers: ["query"] } } },
            { image: { format: "png", source: { bytes: "aGk=" } } },
            { document: { format: "pdf", name: "d", source: { s3Location: { uri: "s3://b/d.pdf" } } } },
          ],
        }],
      }, HOST),
      json(
        whole([
          { reasoningContent: { reasoningText: { text: "hm", signature: "c2ln" } } },
          { reasoningContent: { redactedContent: "c2ln" } },
          { citationsContent: { content: [{ text: "Two" }], citations: [{ title: "d" }] } },
        ], "end_turn"),
        200,
        { "x-amzn-RequestId": "aws-1" },
      ),
    ],
    expected: [call({
      streaming: false,
      operation: "chat",
      request_id: "aws-1",
      usage_raw: COUNTS,
      cost_usd: COST,
      request: {
        system: [{ type: "text", content: "Be brief." }],
        messages: [{
          role: "user",
          parts: [
            { type: "text", content: "What?" },
            { type: "blob", modality: "image", mime_type: "image/png", ...BLOB },
            { type: "uri", modality: "document", uri: "s3://b/d.pdf" },
          ],
        }],
        tools: [
          { name: "ls", description: "Lists", parameters: { type: "object" } },
          { name: "nova_grounding", description: null, parameters: null },
        ],
        temperature: 0.5,
        max_tokens: 99,
      },
      response: {
        id: null,
        parts: [
          { type: "reasoning", content: "hm", encrypted: SIGNATURE },
          { type: "reasoning", content: "", encrypted: SIGNATURE },
          { type: "text", content: "Two", citations: [{ title: "d" }] },
        ],
        text: "Two",
        stop_reason: "end_turn",
      },
    })],
  },
  {
    name: "streamed, with parallel tool calls that go on, and a tool of the service",
    turns: [
      post(`${AT}/converse-stream`, ASK, HOST),
      amazonStream([
        START,
        delta(0, { reasoningContent: { text: "h" } }),
        delta(0, { reasoningContent: { text: "m" } }),
        delta(0, { reasoningContent: { signature: "c2ln" } }),
        amazonEvent("contentBlockStop", { contentBlockIndex: 0 }),
        delta(1, { text: "Die Grö" }),
        delta(1, { text: "ße" }),
        delta(1, { citation: { title: "d" } }),
        ...toolUse(2, "t1", '{"path":', '"/ü"}'),
        ...toolUse(3, "t2"),
        amazonEvent("contentBlockStart", {
          contentBlockIndex: 4,
          start: { toolUse: { toolUseId: "t3", name: "nova_grounding", type: "server_tool_use" } },
        }),
        delta(4, { toolUse: { input: '{"q":1}' } }),
        amazonEvent("contentBlockStart", {
          contentBlockIndex: 5,
          start: { toolResult: { toolUseId: "t3", type: "nova_grounding_result", status: "success" } },
        }),
        delta(5, { toolResult: [{ json: { found: 2 } }] }),
        ...end("tool_use"),
      ]),
      post(`${AT}/converse-stream`, {
        ...ASK,
        messages: [
          ...ASK.messages,
          {
            role: "assistant",
            content: [
              { text: "Die Größe" },
              { toolUse: { toolUseId: "t1", name: "ls", input: { path: "/ü" } } },
              { toolUse: { toolUseId: "t2", name: "ls", input: {} } },
            ],
          },
          {
            role: "user",
            content: [
              { toolResult: { toolUseId: "t1", content: [{ text: "abc" }], status: "success" } },
              { toolResult: { toolUseId: "t2", content: [{ json: { x: 1 } }], status: "error" } },
              { cachePoint: { type: "default" } },
            ],
          },
        ],
      }, HOST),
      amazonStream([START, delta(0, { text: "fertig" }), ...end("end_turn")]),
    ],
    expected: [
      call({
        request_id: "aws-1",
        cost_usd: COST,
        response: {
          parts: [
            { type: "reasoning", content: "hm", encrypted: SIGNATURE },
            { type: "text", content: "Die Größe", citations: [{ title: "d" }] },
            { type: "tool_call", id: "t1", name: "ls", arguments: { path: "/ü" } },
            { type: "tool_call", id: "t2", name: "ls", arguments: {} },
            {
              type: "server_tool_call",
              id: "t3",
              name: "nova_grounding",
              server_tool_call: { type: "nova_grounding", input: { q: 1 } },
            },
            {
              type: "server_tool_call_response",
              id: "t3",
              server_tool_call_response: {
                type: "nova_grounding_result",
                content: [{ type: "other", name: "json", value: { found: 2 } }],
              },
            },
          ],
          stop_reason: "tool_use",
        },
      }),
      { kind: "tool.call", id: "t1", name: "ls", input: { path: "/ü" } },
      { kind: "tool.call", id: "t2", name: "ls", input: {} },
      { kind: "tool.result", id: "t1", name: "ls", is_error: false, bytes: 3 },
      { kind: "tool.result", id: "t2", name: "ls", is_error: true, bytes: 7 },
      call({ continues: "1-1", response: { text: "fertig", stop_reason: "end_turn" } }),
    ],
  },
  {
    name: "errors: throttled, in the stream, unmodelled; tried again; a stream that breaks off",
    turns: [
      post(`${AT}/converse-stream`, ASK, HOST),
      json({ message: "Slow down" }, 429, {
        "x-amzn-ErrorType": "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/",
      }),
      post(`${AT}/converse-stream`, ASK, HOST),
      amazonStream([START, delta(0, { text: "par" }), amazonException("modelStreamErrorException", "Oh")]),
      post(`${AT}/converse-stream`, ASK, HOST),
      amazonStream([
        amazonMessage(
          { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "Ah" },
          {},
        ),
      ]),
      post(`${AT}/converse`, ASK, HOST),
      json("", 503, {}),
      post(`${AT}/converse-stream`, ASK, HOST),
      amazonStream([START, delta(0, { text: "half" })], { cut: true }),
    ],
    expected: [
      call({
        streaming: false,
        usage: NO_USAGE,
        error: { type: "ThrottlingException", message: "Slow down" },
        response: { parts: [] },
      }),
      call({
        usage: NO_USAGE,
        retry_of: "1-1",
        error: { type: "modelStreamErrorException", message: "Oh" },
        response: { text: "par" },
      }),
      call({
        usage: NO_USAGE,
        retry_of: "1-2",
        error: { type: "InternalFailure", message: "Ah" },
        response: { parts: [] },
      }),
      call({
        streaming: false,
        usage: NO_USAGE,
        retry_of: "1-3",
        error: { type: "503", message: "" },
        response: { parts: [] },
      }),
      call({ usage: NO_USAGE, retry_of: "1-4", complete: false, response: { text: "half" } }),
    ],
  },
  {
    name: "models by ARN; guardrail; counts without a cache; a private endpoint",
    turns: [
      post(
        `/model/${
          encodeURIComponent(`arn:aws:bedrock:us-east-1:123456789012:inference-profile/${MODEL}`)
        }/converse`,
        ASK,
        { host: "vpce-0a-b.bedrock-runtime.us-east-1.vpce.amazonaws.com" },
      ),
      json(whole([{ text: "No." }], "guardrail_intervened")),
      post("/model/arn:aws:bedrock:us-east-1:1:application-inference-profile/abc/converse", ASK, {
        host: "bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
      }),
      json({
        ...whole([{ text: "Hi" }], "max_tokens") as object,
        usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
      }),
    ],
    expected: [
      call({
        streaming: false,
        cost_usd: COST,
        response: { text: "No.", stop_reason: "guardrail_intervened" },
      }),
      call({
        streaming: false,
        model: "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc",
        usage: { ...NO_USAGE, input_tokens: 5, output_tokens: 2 },
        cost_usd: null,
        response: { text: "Hi", stop_reason: "max_tokens" },
      }),
    ],
  },
  {
    name: "a gateway, by shape; counting tokens is no call",
    turns: [
      post(`${AT}/count-tokens`, { input: { converse: ASK } }, HOST),
      json({ inputTokens: 9 }),
      post("/llm", ASK),
      amazonStream([START, delta(0, { text: "Hi" }), ...end("end_turn")]),
    ],
    expected: [call({ model: null, cost_usd: null, response: { text: "Hi" } })],
  },
];
