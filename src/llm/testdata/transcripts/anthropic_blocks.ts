/** Anthropic Messages: every kind of content block, in requests and in answers. */
import { reference } from "../../media.ts";
import { ASK, START, stop, text, USAGE } from "../anthropic.ts";
import { calls, type Transcript } from "../transcript.ts";
import { json, post, sse, type Turn } from "../wire.ts";

const PATH = "/v1/messages";
const SMALL = { model: ASK.model, max_tokens: 9, stream: true, messages: [{ role: "user", content: "q" }] };
const call = calls({
  api: "anthropic.messages",
  provider: "anthropic",
  model: "claude-opus-5-5",
  usage: USAGE,
});

function streamed(blocks: readonly (readonly [start: unknown, ...deltas: unknown[]])[]): Turn {
  const events = blocks.flatMap(([content_block, ...deltas], index) => [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ]);
  return sse([START, ...events, ...stop("end_turn", 20)]);
}

const THOUGHT = "What only Anthropic can read";
const RESULTS = [{
  type: "web_search_result",
  title: "T",
  url: "https://x.test",
  encrypted_content: THOUGHT,
}];
const CITATION = {
  type: "web_search_result_location",
  url: "https://x.test",
  cited_text: "c",
  encrypted_index: THOUGHT,
};
const CITED = { ...CITATION, encrypted_index: reference(THOUGHT) };
const CONTENT = [
  { type: "thinking", thinking: "hm", signature: THOUGHT },
  { type: "redacted_thinking", data: THOUGHT },
  { type: "text", text: "Hi", citations: [CITATION] },
];
const REASONED = [
  { type: "reasoning", content: "hm", encrypted: reference(THOUGHT) },
  { type: "reasoning", content: "", encrypted: reference(THOUGHT) },
  { type: "text", content: "Hi", citations: [CITED] },
] as const;

/** In an answer, and as the client sends them back. */
const SERVER_TOOLS = [
  { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "x" } },
  { type: "web_search_tool_result", tool_use_id: "s1", content: RESULTS },
  { type: "server_tool_use", id: "s2", name: "bash_code_execution", input: { command: "ls" } },
  {
    type: "bash_code_execution_tool_result",
    tool_use_id: "s2",
    content: { type: "bash_code_execution_tool_result_error", error_code: "unavailable" },
  },
  { type: "mcp_tool_use", id: "s3", name: "echo", server_name: "srv", input: {} },
  { type: "mcp_tool_result", tool_use_id: "s3", is_error: true, content: [{ type: "text", text: "no" }] },
];
const SERVED = [
  {
    type: "server_tool_call",
    id: "s1",
    name: "web_search",
    server_tool_call: { type: "web_search", input: { query: "x" } },
  },
  {
    type: "server_tool_call_response",
    id: "s1",
    server_tool_call_response: {
      type: "web_search",
      content: [{ ...RESULTS[0], encrypted_content: reference(THOUGHT) }],
    },
  },
  {
    type: "server_tool_call",
    id: "s2",
    name: "bash_code_execution",
    server_tool_call: { type: "bash_code_execution", input: { command: "ls" } },
  },
  {
    type: "server_tool_call_response",
    id: "s2",
    server_tool_call_response: {
      type: "bash_code_execution",
      content: { type: "bash_code_execution_tool_result_error", error_code: "unavailable" },
      is_error: true,
    },
  },
  {
    type: "server_tool_call",
    id: "s3",
    name: "echo",
    server_tool_call: { type: "mcp", server_name: "srv", input: {} },
  },
  {
    type: "server_tool_call_response",
    id: "s3",
    server_tool_call_response: { type: "mcp", content: [{ type: "text", content: "no" }], is_error: true },
  },
] as const;

const BLOB = {
  byte_size: 2,
  sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
} as const;
const PICTURE = { type: "base64", media_type: "image/png", data: "aGk=" };

export const cases: readonly Transcript[] = [
  {
    name: "thinking, redacted thinking and citations",
    turns: [
      post(PATH, { ...SMALL, stream: false }),
      json({ ...START.message, content: CONTENT, usage: { ...START.message.usage, output_tokens: 20 } }),
    ],
    expected: [call({ streaming: false, response: { parts: REASONED, text: "Hi" } })],
  },
  {
    name: "thinking, redacted thinking and citations, streamed",
    turns: [
      post(PATH, SMALL),
      streamed([
        [
          { type: "thinking", thinking: "", signature: "" },
          { type: "thinking_delta", thinking: "h" },
          { type: "thinking_delta", thinking: "m" },
          { type: "signature_delta", signature: THOUGHT },
        ],
        [CONTENT[1]],
        [
          { type: "text", text: "", citations: [] },
          { type: "citations_delta", citation: CITATION },
          { type: "text_delta", text: "Hi" },
        ],
      ]),
    ],
    expected: [call({ response: { parts: REASONED, text: "Hi" } })],
  },
  {
    name: "tools that the provider ran, streamed and sent back",
    turns: [
      post(PATH, SMALL),
      streamed(SERVER_TOOLS.map((block) => {
        if (!("input" in block)) return [block];
        const partial_json = JSON.stringify(block.input);
        return [{ ...block, input: {} }, { type: "input_json_delta", partial_json }];
      })),
      post(PATH, {
        ...SMALL,
        messages: [...SMALL.messages, { role: "assistant", content: SERVER_TOOLS }, {
          role: "user",
          content: "go on",
        }],
      }),
      sse([START, ...text(0, "x"), ...stop("pause_turn", 20)]),
    ],
    expected: [
      call({ response: { parts: SERVED, tool_calls: [] } }),
      { kind: "tool.call", run_by: "provider", id: "s1", name: "web_search", input: { query: "x" } },
      { kind: "tool.result", run_by: "provider", id: "s1", name: "web_search", is_error: false, bytes: 190 },
      {
        kind: "tool.call",
        run_by: "provider",
        id: "s2",
        name: "bash_code_execution",
        input: { command: "ls" },
      },
      {
        kind: "tool.result",
        run_by: "provider",
        id: "s2",
        name: "bash_code_execution",
        is_error: true,
        bytes: 87,
      },
      { kind: "tool.call", run_by: "provider", id: "s3", name: "echo", input: {} },
      { kind: "tool.result", run_by: "provider", id: "s3", name: "echo", is_error: true, bytes: 44 },
      call({
        continues: "1-1",
        request: {
          system: [],
          messages: [
            { role: "user", parts: [{ type: "text", content: "q" }] },
            { role: "assistant", parts: SERVED },
            { role: "user", parts: [{ type: "text", content: "go on" }] },
          ],
          tools: [],
          temperature: null,
          max_tokens: 9,
        },
        response: { stop_reason: "pause_turn" },
      }),
    ],
  },
  {
    name: "images, documents and files in a request",
    turns: [
      post(PATH, {
        ...SMALL,
        messages: [{
          role: "user",
          content: [
            { type: "image", source: PICTURE },
            { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
            { type: "document", source: { type: "file", file_id: "file_1" }, title: "t" },
            { type: "document", source: { type: "text", media_type: "text/plain", data: "plain" } },
            { type: "document", source: { type: "content", content: [{ type: "image", source: PICTURE }] } },
            { type: "container_upload", file_id: "file_2" },
            { type: "tool_result", tool_use_id: "t", content: [{ type: "image", source: PICTURE }] },
          ],
        }],
      }),
      sse([START, ...text(0, "x"), ...stop("refusal", 20)]),
    ],
    expected: [
      { kind: "tool.result", id: "t", name: null, is_error: false, bytes: 2 },
      call({
        request: {
          system: [],
          messages: [{
            role: "user",
            parts: [
              { type: "blob", modality: "image", mime_type: "image/png", ...BLOB },
              { type: "uri", modality: "image", uri: "https://x.test/a.png" },
              { type: "file", modality: "document", file_id: "file_1" },
              { type: "text", content: "plain" },
              {
                type: "other",
                name: "document",
                value: {
                  type: "document",
                  source: {
                    type: "content",
                    content: [{ type: "image", source: { ...PICTURE, data: BLOB } }],
                  },
                },
              },
              { type: "file", modality: "document", file_id: "file_2" },
              {
                type: "tool_call_response",
                id: "t",
                response: [{ type: "blob", modality: "image", mime_type: "image/png", ...BLOB }],
                is_error: false,
              },
            ],
          }],
          tools: [],
          temperature: null,
          max_tokens: 9,
        },
        response: { stop_reason: "refusal" },
      }),
    ],
  },
  {
    name: "compacted history",
    turns: [
      post(PATH, SMALL),
      streamed([
        [{ type: "compaction", content: null }, { type: "compaction_delta", content: "so far" }],
      ]),
    ],
    expected: [call({ response: { parts: [{ type: "compaction", id: null, content: "so far" }] } })],
  },
];
