/** OpenAI Chat Completions, as OpenAI and Azure serve them. */
import { ASK, chunk, COUNTS, fragment, LAST, USAGE, whole } from "../openai_chat.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { chunked, json, post, sse } from "../wire.ts";

const PATH = "/v1/chat/completions";
const call = calls({ api: "openai.chat", provider: "openai", model: "gpt-4o", usage: USAGE });
/** USD a million of gpt-4o: 2.5 plain, 1.25 cached, 10 out. */
const COST = (5 * 2.5 + 5 * 1.25 + 4 * 10) / 1e6;
const BLOB = { byte_size: 2, sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4" };

export const cases: readonly Transcript[] = [
  {
    name: "plain with a tool call, legacy function call and refusal",
    turns: [
      post(PATH, { ...ASK, stream: false, max_completion_tokens: 9, temperature: 0.5 }),
      json(
        whole({
          role: "assistant",
          content: "ok",
          refusal: "no",
          annotations: [{ type: "url_citation", url_citation: { url: "https://x.test" } }],
          tool_calls: [{ id: "t1", type: "function", function: { name: "sh", arguments: '{"c":"ls"}' } }],
          function_call: { name: "old", arguments: "" },
        }),
        200,
        { "x-request-id": "req_1" },
      ),
    ],
    expected: [
      call({
        operation: "chat",
        streaming: false,
        request_id: "req_1",
        usage_raw: COUNTS,
        cost_usd: COST,
        request: {
          messages: [{ role: "user", parts: [{ type: "text", content: "hi" }] }],
          max_tokens: 9,
          temperature: 0.5,
        },
        response: {
          id: "c1",
          parts: [
            {
              type: "text",
              content: "ok",
              citations: [{ type: "url_citation", url_citation: { url: "https://x.test" } }],
            },
            { type: "other", name: "refusal", value: "no" },
            { type: "tool_call", id: "t1", name: "sh", arguments: { c: "ls" } },
            { type: "tool_call", id: null, name: "old", arguments: {} },
          ],
          text: "okno",
          stop_reason: "stop",
        },
      }),
      { kind: "tool.call", id: "t1", name: "sh", input: { c: "ls" } },
      { kind: "tool.call", id: "1-1.1", name: "old", input: {} },
    ],
  },
  {
    name: "streamed text, usage in the last chunk",
    turns: [
      post(PATH, { ...ASK, stream_options: { include_usage: true } }),
      sse([
        chunk({ role: "assistant", content: "", refusal: null }),
        ...["A", " é", " B", "\n"].map((content) => chunk({ content })),
        chunk({}, "stop"),
        LAST,
        "[DONE]",
      ]),
    ],
    expected: [call({
      cost_usd: COST,
      response: { parts: [{ type: "text", content: "A é B\n" }], stop_reason: "stop" },
    })],
  },
  ...(["gzip", "br", "zstd"] as const).map((coding) => ({
    name: `streamed text in ${coding}`,
    turns: [
      post(PATH, ASK),
      sse([chunk({ content: "A" }), chunk({ content: "B" }), chunk({}, "stop"), LAST, "[DONE]"], { coding }),
    ],
    expected: [call({ response: { text: "AB" } })],
  })),
  {
    name: "nobody asked for usage, and no end mark",
    turns: [post(PATH, ASK), sse([chunk({ content: "A" }), chunk({ content: "B" }, "length")])],
    expected: [call({
      usage: NO_USAGE,
      usage_raw: null,
      cost_usd: null,
      response: { text: "AB", stop_reason: "length" },
    })],
  },
  {
    name: "streamed parallel tool calls with fragments mixed, and their results",
    turns: [
      post(PATH, ASK),
      sse([
        fragment(0, { name: "sh", arguments: "" }, "t1"),
        fragment(1, { name: "rd", arguments: '{"p"' }, "t2"),
        fragment(0, { arguments: '{"c":1}' }),
        fragment(1, { arguments: ":2}" }),
        chunk({}, "tool_calls"),
        LAST,
        "[DONE]",
      ]),
      post(PATH, {
        ...ASK,
        messages: [
          ...ASK.messages,
          {
            role: "assistant",
            content: null,
            tool_calls: [
              { id: "t1", type: "function", function: { name: "sh", arguments: '{"c": 1}' } },
              { id: "t2", type: "function", function: { name: "rd", arguments: '{"p": 2}' } },
            ],
          },
          { role: "tool", tool_call_id: "t1", content: "größe" },
          { role: "tool", tool_call_id: "t2", content: [{ type: "text", text: "x" }] },
        ],
      }),
      sse([chunk({ content: "done" }, "stop"), LAST, "[DONE]"]),
    ],
    expected: [
      call({
        response: {
          parts: [
            { type: "tool_call", id: "t1", name: "sh", arguments: { c: 1 } },
            { type: "tool_call", id: "t2", name: "rd", arguments: { p: 2 } },
          ],
          stop_reason: "tool_calls",
        },
      }),
      { kind: "tool.call", id: "t1", name: "sh", input: { c: 1 } },
      { kind: "tool.call", id: "t2", name: "rd", input: { p: 2 } },
      { kind: "tool.result", id: "t1", name: "sh", is_error: false, bytes: 7 },
      { kind: "tool.result", id: "t2", name: "rd", is_error: false, bytes: 1 },
      call({ continues: "1-1", response: { text: "done" } }),
    ],
  },
  {
    name: "streamed legacy function call, custom tool, refusal and arguments that are not JSON",
    turns: [
      post(PATH, ASK),
      sse([
        chunk({ function_call: { name: "f", arguments: "{oo" } }),
        chunk({ function_call: { arguments: "ps" } }),
        chunk({
          tool_calls: [{ index: 1, id: "t2", type: "custom", custom: { name: "patch", input: "***" } }],
        }),
        chunk({ tool_calls: [{ index: 1, custom: { input: " Begin" } }] }),
        chunk({ refusal: "I " }),
        chunk({ refusal: "won't" }),
        chunk({}, "function_call"),
        LAST,
        "[DONE]",
      ]),
    ],
    expected: [
      call({
        response: {
          parts: [
            { type: "other", name: "refusal", value: "I won't" },
            { type: "tool_call", id: null, name: "f", arguments: "{oops" },
            { type: "tool_call", id: "t2", name: "patch", arguments: "*** Begin" },
          ],
          stop_reason: "function_call",
        },
      }),
      { kind: "tool.call", id: "1-1.0", name: "f", input: "{oops" },
      { kind: "tool.call", id: "t2", name: "patch", input: "*** Begin" },
    ],
  },
  {
    name: "two alternatives, mixed",
    mixed: true,
    turns: [
      post(PATH, { ...ASK, n: 2 }),
      sse([
        chunk({ content: "A" }, null, 0),
        chunk({ content: "X" }, null, 1),
        chunk({ content: "B" }, "stop", 0),
        chunk({ content: "Y" }, "length", 1),
        LAST,
        "[DONE]",
      ]),
    ],
    expected: [call({
      response: {
        parts: [{ type: "text", content: "AB" }, { type: "text", content: "XY" }],
        stop_reason: "stop",
      },
    })],
  },
  {
    name: "images, sound and files, in and out",
    turns: [
      post(PATH, {
        ...ASK,
        messages: [{
          role: "user",
          content: [
            { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
            { type: "image_url", image_url: { url: "https://x.test/a.png", detail: "low" } },
            { type: "input_audio", input_audio: { data: "aGk=", format: "wav" } },
            { type: "file", file: { file_id: "file-1" } },
            { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,aGk=" } },
          ],
        }],
      }),
      sse([
        chunk({ audio: { id: "audio_1", transcript: "he" } }),
        chunk({ audio: { data: "aA==" } }),
        chunk({ audio: { data: "aQ==", transcript: "llo" } }),
        chunk({ audio: { expires_at: 9 } }, "stop"),
        LAST,
        "[DONE]",
      ]),
    ],
    expected: [call({
      request: {
        messages: [{
          role: "user",
          parts: [
            { type: "blob", modality: "image", mime_type: "image/png", ...BLOB },
            { type: "uri", modality: "image", uri: "https://x.test/a.png" },
            { type: "blob", modality: "audio", mime_type: "audio/wav", ...BLOB },
            { type: "file", modality: "document", file_id: "file-1" },
            { type: "blob", modality: "document", mime_type: "application/pdf", ...BLOB },
          ],
        }],
      },
      response: {
        parts: [
          { type: "blob", modality: "audio", mime_type: null, ...BLOB },
          { type: "text", content: "hello" },
        ],
        text: "hello",
      },
    })],
  },
  {
    name: "Azure: the deployment in the path, the filter's results first",
    turns: [
      post("/openai/deployments/my-dep/chat/completions?api-version=2025-01-01", {
        messages: ASK.messages,
        stream: true,
      }, { host: "res.openai.azure.com" }),
      sse([
        { ...chunk({}), id: "", model: "", choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
        {
          ...chunk({ content: "A" }, "stop"),
          choices: [{ index: 0, delta: { content: "A" }, finish_reason: "stop", content_filter_results: {} }],
        },
        LAST,
        "[DONE]",
      ], { headers: { "apim-request-id": "apim_1" } }),
    ],
    expected: [call({
      provider: "azure.ai.openai",
      request_id: "apim_1",
      response: { id: "c1", text: "A" },
    })],
  },
  {
    name: "errors: too many requests, twice; in the stream; a page",
    turns: [
      post(PATH, ASK),
      json({ error: { message: "slow", type: "tokens", code: "rate_limit_exceeded" } }, 429),
      post(PATH, ASK),
      json("", 429),
      post(PATH, ASK),
      sse([
        chunk({ content: "A" }),
        { error: { message: "broke", type: "server_error", code: null } },
        "[DONE]",
      ]),
      post("/openai/v1/chat/completions", ASK),
      chunked(["<html>"], { status: 503, headers: { "content-type": "text/html" } }),
    ],
    expected: [
      call({
        streaming: false,
        usage: NO_USAGE,
        error: { type: "tokens", message: "slow" },
        response: { parts: [] },
      }),
      call({
        streaming: false,
        usage: NO_USAGE,
        retry_of: "1-1",
        error: { type: "429", message: "" },
        response: { parts: [] },
      }),
      call({
        usage: NO_USAGE,
        retry_of: "1-2",
        error: { type: "server_error", message: "broke" },
        response: { text: "A" },
      }),
      call({
        streaming: false,
        usage: NO_USAGE,
        retry_of: "1-3",
        error: { type: "503", message: "<html>" },
        response: { parts: [] },
      }),
    ],
  },
];
