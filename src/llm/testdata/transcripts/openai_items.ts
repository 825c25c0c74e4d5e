/** OpenAI Responses: every kind of item, as output and sent back as input. */
import { reference } from "../../media.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post } from "../wire.ts";

const PATH = "/v1/responses";
const QUESTION = { role: "user", content: "q" };
const BASE = { id: "resp_1", object: "response", model: "gpt-5", status: "completed" };
const call = calls({
  api: "openai.responses",
  provider: "openai",
  model: "gpt-5",
  streaming: false,
  usage: NO_USAGE,
});
const BLOB = { byte_size: 2, sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4" };
const SERVED = [
  { type: "web_search_call", id: "ws", status: "completed", action: { type: "search", query: "x" } },
  { type: "file_search_call", id: "fs", queries: ["x"], results: [{ file_id: "file-1", score: 0.5 }] },
  {
    type: "code_interpreter_call",
    id: "ci",
    code: "1+1",
    container_id: "k",
    outputs: [{ type: "logs", logs: "2" }],
  },
  {
    type: "mcp_call",
    id: "mc",
    server_label: "srv",
    name: "echo",
    arguments: '{"a":1}',
    output: "1",
    error: null,
  },
  {
    type: "mcp_call",
    id: "me",
    server_label: "srv",
    name: "rm",
    arguments: "{}",
    output: null,
    error: "no such file",
  },
  { type: "image_generation_call", id: "ig", revised_prompt: "a cat", result: "aGk=" },
  { type: "tool_search_call", id: "ts", execution: "server", arguments: { paths: ["srv"] } },
  { type: "tool_search_output", id: "to", execution: "server", tools: [{ name: "echo" }] },
];
const SERVED_PARTS = [
  {
    type: "server_tool_call",
    id: "ws",
    name: "web_search",
    server_tool_call: { type: "web_search", action: { type: "search", query: "x" } },
  },
  {
    type: "server_tool_call",
    id: "fs",
    name: "file_search",
    server_tool_call: { type: "file_search", queries: ["x"] },
  },
  {
    type: "server_tool_call_response",
    id: "fs",
    server_tool_call_response: { type: "file_search", results: [{ file_id: "file-1", score: 0.5 }] },
  },
  {
    type: "server_tool_call",
    id: "ci",
    name: "code_interpreter",
    server_tool_call: { type: "code_interpreter", code: "1+1", container_id: "k" },
  },
  {
    type: "server_tool_call_response",
    id: "ci",
    server_tool_call_response: { type: "code_interpreter", outputs: [{ type: "logs", logs: "2" }] },
  },
  {
    type: "server_tool_call",
    id: "mc",
    name: "echo",
    server_tool_call: { type: "mcp", server_label: "srv", arguments: { a: 1 } },
  },
  {
    type: "server_tool_call_response",
    id: "mc",
    server_tool_call_response: { type: "mcp", output: "1" },
  },
  {
    type: "server_tool_call",
    id: "me",
    name: "rm",
    server_tool_call: { type: "mcp", server_label: "srv", arguments: {} },
  },
  {
    type: "server_tool_call_response",
    id: "me",
    server_tool_call_response: { type: "mcp", error: "no such file" },
  },
  {
    type: "server_tool_call",
    id: "ig",
    name: "image_generation",
    server_tool_call: { type: "image_generation", revised_prompt: "a cat" },
  },
  {
    type: "server_tool_call_response",
    id: "ig",
    server_tool_call_response: {
      type: "image_generation",
      result: { type: "blob", modality: "image", mime_type: null, ...BLOB },
    },
  },
  {
    type: "server_tool_call",
    id: "ts",
    name: "tool_search",
    server_tool_call: { type: "tool_search", arguments: { paths: ["srv"] } },
  },
  {
    type: "server_tool_call_response",
    id: "to",
    server_tool_call_response: { type: "tool_search", tools: [{ name: "echo" }] },
  },
] as const;
const SERVED_EVENTS = [
  { kind: "tool.call", id: "ws", name: "web_search", input: { action: { type: "search", query: "x" } } },
  { kind: "tool.call", id: "fs", name: "file_search", input: { queries: ["x"] } },
  { kind: "tool.result", id: "fs", name: "file_search", is_error: false, bytes: 46 },
  { kind: "tool.call", id: "ci", name: "code_interpreter", input: { code: "1+1", container_id: "k" } },
  { kind: "tool.result", id: "ci", name: "code_interpreter", is_error: false, bytes: 40 },
  { kind: "tool.call", id: "mc", name: "echo", input: { a: 1 } },
  { kind: "tool.result", id: "mc", name: "echo", is_error: false, bytes: 14 },
  { kind: "tool.call", id: "me", name: "rm", input: {} },
  { kind: "tool.result", id: "me", name: "rm", is_error: true, bytes: 24 },
  { kind: "tool.call", id: "ig", name: "image_generation", input: { revised_prompt: "a cat" } },
  { kind: "tool.result", id: "ig", name: "image_generation", is_error: false, bytes: 152 },
  // The result of a tool search has an id of its own and no call's.
  { kind: "tool.call", id: "ts", name: "tool_search", input: { paths: ["srv"] } },
] as const;

const RUN = [
  { type: "local_shell_call", id: "x1", call_id: "l1", action: { type: "exec", command: ["ls"] } },
  { type: "shell_call", call_id: "s1", action: { commands: ["ls"] } },
  { type: "apply_patch_call", call_id: "a1", operation: { type: "delete_file", path: "x" } },
  { type: "computer_call", call_id: "k1", action: { type: "screenshot" } },
  { type: "tool_search_call", call_id: "t1", execution: "client", arguments: { q: "x" } },
];
const RUN_CALLS = [
  { kind: "tool.call", id: "l1", name: "local_shell", input: { type: "exec", command: ["ls"] } },
  { kind: "tool.call", id: "s1", name: "shell", input: { commands: ["ls"] } },
  { kind: "tool.call", id: "a1", name: "apply_patch", input: { type: "delete_file", path: "x" } },
  { kind: "tool.call", id: "k1", name: "computer", input: { type: "screenshot" } },
  { kind: "tool.call", id: "t1", name: "tool_search", input: { q: "x" } },
] as const;
const OUTPUTS = [
  { type: "local_shell_call_output", call_id: "l1", output: "out" },
  {
    type: "shell_call_output",
    call_id: "s1",
    output: [{ stdout: "out", stderr: "", outcome: { type: "exit" } }],
  },
  { type: "apply_patch_call_output", call_id: "a1", status: "failed", output: "no such file" },
  {
    type: "computer_call_output",
    call_id: "k1",
    output: { type: "computer_screenshot", image_url: "data:image/png;base64,aGk=" },
  },
  {
    type: "tool_search_output",
    call_id: "t1",
    execution: "client",
    tools: [{ type: "function", name: "echo" }],
  },
];

export const cases: readonly Transcript[] = [
  {
    name: "tools that the provider ran",
    turns: [
      post(PATH, { model: "gpt-5", input: [QUESTION] }),
      json({ ...BASE, output: SERVED }),
      post(PATH, { model: "gpt-5", input: [QUESTION, ...SERVED, { role: "user", content: "more" }] }),
      json({ ...BASE, id: "resp_2", output: [] }),
    ],
    expected: [
      call({ response: { parts: SERVED_PARTS, tool_calls: [] } }),
      ...SERVED_EVENTS.map((event) => ({ ...event, run_by: "provider" as const })),
      call({ continues: "1-1", appended: 1, response: { parts: [] } }),
    ],
  },
  {
    name: "tools that the client ran, with their results",
    turns: [
      post(PATH, { model: "gpt-5", input: [QUESTION] }),
      json({ ...BASE, output: RUN }),
      post(PATH, { model: "gpt-5", input: [QUESTION, ...RUN, ...OUTPUTS] }),
      json({ ...BASE, id: "resp_2", output: [] }),
    ],
    expected: [
      call({ response: { text: "" } }),
      ...RUN_CALLS,
      { kind: "tool.result", id: "l1", name: "local_shell", is_error: false, bytes: 3 },
      { kind: "tool.result", id: "s1", name: "shell", is_error: false, bytes: 54 },
      { kind: "tool.result", id: "a1", name: "apply_patch", is_error: true, bytes: 12 },
      { kind: "tool.result", id: "k1", name: "computer", is_error: false, bytes: 2 },
      { kind: "tool.result", id: "t1", name: "tool_search", is_error: false, bytes: 45 },
      call({ continues: "1-1", response: { parts: [] } }),
    ],
  },
  {
    name: "content parts, and items without a common shape",
    turns: [
      post(PATH, {
        model: "gpt-5",
        input: [
          {
            role: "user",
            content: [
              { type: "input_image", image_url: "data:image/png;base64,aGk=" },
              { type: "input_image", file_id: "file-1" },
              { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,aGk=" },
              { type: "input_file", file_id: "file-2" },
              { type: "input_audio", input_audio: { data: "aGk=", format: "wav" } },
            ],
          },
          { type: "item_reference", id: "r1" },
          { type: "mcp_list_tools", id: "l", server_label: "srv", tools: [] },
          { type: "reasoning", summary: [], encrypted_content: "opaque" },
          { type: "compaction_trigger" },
        ],
      }),
      json({
        ...BASE,
        output: [{
          type: "message",
          role: "assistant",
          content: [
            {
              type: "output_text",
              text: "A",
              annotations: [{ type: "url_citation", url: "https://x.test" }],
            },
            { type: "refusal", refusal: "no" },
          ],
        }],
      }),
    ],
    expected: [call({
      request: {
        messages: [
          {
            role: "user",
            parts: [
              { type: "blob", modality: "image", mime_type: "image/png", ...BLOB },
              { type: "file", modality: "image", file_id: "file-1" },
              { type: "blob", modality: "document", mime_type: "application/pdf", ...BLOB },
              { type: "file", modality: "document", file_id: "file-2" },
              { type: "blob", modality: "audio", mime_type: "audio/wav", ...BLOB },
            ],
          },
          {
            role: "assistant",
            parts: [{ type: "other", name: "item_reference", value: { type: "item_reference", id: "r1" } }],
          },
          {
            role: "assistant",
            parts: [{
              type: "other",
              name: "mcp_list_tools",
              value: { type: "mcp_list_tools", id: "l", server_label: "srv", tools: [] },
            }],
          },
          {
            role: "assistant",
            parts: [{ type: "reasoning", content: "", encrypted: reference("opaque") }],
          },
          {
            role: "assistant",
            parts: [{ type: "other", name: "compaction_trigger", value: { type: "compaction_trigger" } }],
          },
        ],
      },
      response: {
        parts: [
          { type: "text", content: "A", citations: [{ type: "url_citation", url: "https://x.test" }] },
          { type: "other", name: "refusal", value: "no" },
        ],
        text: "Ano",
      },
    })],
  },
];
