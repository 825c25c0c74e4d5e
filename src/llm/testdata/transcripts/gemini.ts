/** Gemini's generateContent and streamGenerateContent. */
import { ASK, COST, COUNTS, last, response, USAGE } from "../gemini.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { chunked, json, post, sse } from "../wire.ts";

const HOST = { host: "generativelanguage.googleapis.com" };
const PLAIN = "/v1beta/models/gemini-2.5-pro:generateContent";
const STREAM = "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse";
const ARRAY = "/v1beta/models/gemini-2.5-pro:streamGenerateContent";
const call = calls({
  api: "gemini.generate",
  provider: "gcp.gemini",
  model: "gemini-2.5-pro",
  operation: "generate_content",
  usage: USAGE,
});
const BLOB = { byte_size: 2, sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4" };
const SIGNATURE = {
  byte_size: 4,
  sha256: "0e06099dae0f6bf0eea7c11cf8f0295427cf1133d4c4ff5dda3deca53409e1c2",
};
const QUOTA = { code: 429, message: "Quota exceeded", status: "RESOURCE_EXHAUSTED" };
const QUOTA_ERROR = { type: "RESOURCE_EXHAUSTED", message: "Quota exceeded" };
const LS = { functionCall: { name: "ls", args: { path: "/ü" } } };
const SEARCHED = { webSearchQueries: ["q"] };

/** A stream without `alt=sse`: one array that grows. */
function array(events: readonly unknown[]): Transcript["turns"][number] {
  const pieces = events.map((event, i) => `${i === 0 ? "[" : ",\r\n"}${JSON.stringify(event, null, 2)}`);
  return chunked([...pieces, "\n]"], { headers: { "Content-Type": "application/json; charset=UTF-8" } });
}

export const cases: readonly Transcript[] = [
  {
    name: "plain, with thoughts, a picture and code that the service ran",
    turns: [
      post(PLAIN, {
        ...ASK,
        contents: [{
          role: "user",
          parts: [
            { text: "What is it?" },
            { inlineData: { mimeType: "image/png", data: "aGk=" } },
            { file_data: { mime_type: "video/mp4", file_uri: "gs://b/v.mp4" } },
          ],
        }],
      }, HOST),
      json({
        ...response([
          { text: "hm", thought: true, thoughtSignature: "c2ln" },
          { executableCode: { language: "PYTHON", code: "1+1" } },
          { codeExecutionResult: { outcome: "OUTCOME_OK", output: "2" } },
          { text: "Two", thoughtSignature: "c2ln" },
        ], { finishReason: "STOP", usageMetadata: { ...COUNTS, toolUsePromptTokenCount: 7 } }),
      }),
    ],
    expected: [call({
      streaming: false,
      usage: { ...USAGE, input_tokens: 107 },
      cost_usd: COST + 7 * 1.25 / 1e6,
      request: {
        system: [{ type: "text", content: "Be brief." }],
        messages: [{
          role: "user",
          parts: [
            { type: "text", content: "What is it?" },
            { type: "blob", modality: "image", mime_type: "image/png", ...BLOB },
            { type: "uri", modality: "video", uri: "gs://b/v.mp4" },
          ],
        }],
        tools: [
          { name: "ls", description: "Lists", parameters: { type: "object" } },
          { name: "googleSearch", description: null, parameters: {} },
        ],
        temperature: 0.5,
        max_tokens: 99,
      },
      response: {
        id: "resp_1",
        parts: [
          { type: "reasoning", content: "hm", encrypted: SIGNATURE },
          {
            type: "server_tool_call",
            id: null,
            name: "code_execution",
            server_tool_call: { type: "code_execution", input: { language: "PYTHON", code: "1+1" } },
          },
          {
            type: "server_tool_call_response",
            id: null,
            server_tool_call_response: {
              type: "code_execution",
              content: { outcome: "OUTCOME_OK", output: "2" },
            },
          },
          { type: "text", content: "Two" },
        ],
        text: "Two",
        stop_reason: "STOP",
      },
    })],
  },
  {
    name: "streamed, thoughts first, the reason to stop before the last counts",
    turns: [
      post(STREAM, ASK, HOST),
      sse([
        response([{ text: "I th", thought: true }]),
        response([{ text: "ink", thought: true }]),
        response([{ text: "Größ" }]),
        response([{ text: "en: " }, { text: "2" }]),
        response([{ text: "", thoughtSignature: "c2ln" }], { finishReason: "MAX_TOKENS" }),
        { usageMetadata: COUNTS, modelVersion: "gemini-2.5-pro", responseId: "resp_1" },
      ]),
    ],
    expected: [call({
      cost_usd: COST,
      usage_raw: COUNTS,
      response: {
        parts: [{ type: "reasoning", content: "I think" }, { type: "text", content: "Größen: 2" }],
        stop_reason: "MAX_TOKENS",
      },
    })],
  },
  {
    name: "streamed as an array, with what was searched",
    turns: [
      post(ARRAY, ASK, HOST),
      array([
        response([{ text: "A [1]," }]),
        response([{ text: '"B"' }]),
        { candidates: [{ finishReason: "STOP", groundingMetadata: SEARCHED }], usageMetadata: COUNTS },
      ]),
    ],
    expected: [call({
      response: {
        parts: [
          { type: "text", content: 'A [1],"B"' },
          { type: "other", name: "groundingMetadata", value: SEARCHED },
        ],
        stop_reason: "STOP",
      },
    })],
  },
  {
    name: "an array that breaks off",
    turns: [
      post(ARRAY, ASK, HOST),
      chunked(
        [`[${JSON.stringify(response([{ text: "half" }]))}`, ',{"candidates":[{"content":{"parts":[{'],
        {
          headers: { "Content-Type": "application/json" },
          cut: true,
        },
      ),
    ],
    expected: [call({ complete: false, usage: { ...USAGE, output_tokens: 6 }, response: { text: "half" } })],
  },
  {
    name: "parallel calls of one tool without ids, results by name, tried again, history repeated",
    turns: [
      post(STREAM, ASK, HOST),
      sse([response([{ text: "ok" }]), response([LS]), last({ functionCall: { name: "ls" } })]),
      ...[json({ error: QUOTA }, 429), sse([last({ text: "done" })])].flatMap((answer) => [
        post(STREAM, {
          ...ASK,
          contents: [
            ...ASK.contents,
            { role: "model", parts: [{ text: "ok" }, LS, { functionCall: { name: "ls" } }] },
            {
              role: "function",
              parts: [
                { functionResponse: { name: "ls", response: { output: "a" } } },
                { function_response: { name: "ls", response: { error: "no" } } },
              ],
            },
          ],
        }, HOST),
        answer,
      ]),
    ],
    expected: [
      call({
        response: {
          parts: [
            { type: "text", content: "ok" },
            { type: "tool_call", id: null, name: "ls", arguments: { path: "/ü" } },
            { type: "tool_call", id: null, name: "ls", arguments: {} },
          ],
        },
      }),
      { kind: "tool.call", id: "1-1.0", name: "ls", input: { path: "/ü" } },
      { kind: "tool.call", id: "1-1.1", name: "ls", input: {} },
      { kind: "tool.result", id: "1-1.0", name: "ls", is_error: false, bytes: 14 },
      { kind: "tool.result", id: "1-1.1", name: "ls", is_error: true, bytes: 14 },
      call({
        streaming: false,
        error: QUOTA_ERROR,
        usage: NO_USAGE,
        continues: "1-1",
        appended: 1,
        response: { parts: [] },
      }),
      call({
        retry_of: "1-2",
        continues: "1-1",
        request: {
          messages: [
            { role: "user", parts: [{ type: "text", content: "List the files — alle Größen" }] },
            {
              role: "assistant",
              parts: [
                { type: "text", content: "ok" },
                { type: "tool_call", id: null, name: "ls", arguments: { path: "/ü" } },
                { type: "tool_call", id: null, name: "ls", arguments: {} },
              ],
            },
            {
              role: "tool",
              parts: [
                {
                  type: "tool_call_response",
                  id: null,
                  name: "ls",
                  response: { output: "a" },
                  is_error: false,
                },
                {
                  type: "tool_call_response",
                  id: null,
                  name: "ls",
                  response: { error: "no" },
                  is_error: true,
                },
              ],
            },
          ],
        },
        response: { text: "done" },
      }),
    ],
  },
  {
    name: "two alternatives",
    mixed: true,
    turns: [
      post(STREAM, { ...ASK, generationConfig: { candidateCount: 2 } }, HOST),
      sse([
        response([{ text: "b" }], { index: 1 }),
        response([{ text: "a" }]),
        response([{ text: "B" }], { index: 1, finishReason: "STOP" }),
        last({ text: "A" }),
      ]),
    ],
    expected: [call({
      response: {
        parts: [{ type: "text", content: "aA" }, { type: "text", content: "bB" }],
        stop_reason: "STOP",
      },
    })],
  },
  {
    name: "blocked prompt, blocked answer",
    turns: [
      post(PLAIN, ASK, HOST),
      json({
        promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
        usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
        modelVersion: "gemini-2.5-pro",
      }),
      post(STREAM, { ...ASK, tools: [] }, HOST),
      sse([response([{ text: "Su" }]), { candidates: [{ finishReason: "SAFETY" }], usageMetadata: COUNTS }]),
    ],
    expected: [
      call({
        streaming: false,
        usage: { ...NO_USAGE, input_tokens: 9 },
        error: { type: "PROHIBITED_CONTENT", message: "" },
        response: { parts: [], stop_reason: "PROHIBITED_CONTENT" },
      }),
      call({ response: { text: "Su", stop_reason: "SAFETY" } }),
    ],
  },
  {
    name: "errors: alone, in an array, in the stream",
    turns: [
      post(PLAIN, ASK, HOST),
      json({ error: QUOTA }, 429),
      post(ARRAY, ASK, HOST),
      json([{ error: { code: 400, message: "Bad", status: "INVALID_ARGUMENT" } }], 400),
      post(STREAM, { ...ASK, tools: [] }, HOST),
      sse([response([{ text: "par" }]), { error: { ...QUOTA, status: undefined } }]),
    ],
    expected: [
      call({ streaming: false, usage: NO_USAGE, error: QUOTA_ERROR, response: { parts: [] } }),
      call({
        usage: NO_USAGE,
        retry_of: "1-1",
        error: { type: "INVALID_ARGUMENT", message: "Bad" },
        response: { parts: [] },
      }),
      call({
        error: { type: "429", message: "Quota exceeded" },
        usage: { ...USAGE, output_tokens: 6 },
        response: { text: "par" },
      }),
    ],
  },
  {
    name: "a gateway, by shape; counting tokens is no call",
    turns: [
      post("/v1beta/models/gemini-2.5-pro:countTokens", ASK, HOST),
      json({ totalTokens: 9 }),
      post("/llm?key=x", { contents: { parts: { text: "hi" } } }),
      json(last({ text: "Hi" })),
    ],
    expected: [call({
      streaming: false,
      request: { messages: [{ role: "user", parts: [{ type: "text", content: "hi" }] }] },
      response: { text: "Hi" },
    })],
  },
];
