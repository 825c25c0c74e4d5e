/** Anthropic Messages: the shapes of answer that every provider has. */
import { ASK, START, stop, text, toolUse, USAGE } from "../anthropic.ts";
import { calls, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const PATH = "/v1/messages?beta=true";
const call = calls({
  api: "anthropic.messages",
  provider: "anthropic",
  model: "claude-opus-5-5",
  usage: USAGE,
});

const streamedTools = sse([
  START,
  ...text(0, "ok"),
  ...toolUse(1, "tu_1", "", '{"comm', 'and":"ls"}'),
  ...toolUse(2, "tu_2"),
  ...stop("tool_use", 20),
]);

export const cases: readonly Transcript[] = [
  {
    name: "plain",
    turns: [
      post(PATH, { ...ASK, stream: false, temperature: 0 }),
      json({
        ...START.message,
        content: [{ type: "text", text: "Hi" }],
        stop_reason: "end_turn",
        usage: { ...START.message.usage, output_tokens: 20 },
      }),
    ],
    expected: [call({
      streaming: false,
      request: {
        system: [{ type: "text", content: "Be brief." }],
        messages: [{ role: "user", parts: [{ type: "text", content: "List the files — alle Größen" }] }],
        tools: [{ name: "Bash", description: "Runs it", parameters: { type: "object" } }],
        temperature: 0,
        max_tokens: 1024,
      },
      response: {
        id: "msg_1",
        parts: [{ type: "text", content: "Hi" }],
        text: "Hi",
        tool_calls: [],
        stop_reason: "end_turn",
      },
    })],
  },
  {
    name: "streamed text with ping",
    turns: [
      post(PATH, ASK),
      sse([START, { type: "ping" }, ...text(0, "Hel", "lo – é"), ...stop("end_turn", 20)], { named: true }),
    ],
    expected: [call({ response: { parts: [{ type: "text", content: "Hello – é" }], text: "Hello – é" } })],
  },
  ...(["gzip", "br", "zstd"] as const).map((coding) => ({
    name: `streamed text in ${coding}`,
    turns: [post(PATH, ASK), sse([START, ...text(0, "Hel", "lo – é"), ...stop("end_turn", 20)], { coding })],
    expected: [call({ response: { text: "Hello – é" } })],
  })),
  {
    name: "parallel tool calls, one without input, and the result of one",
    turns: [
      post(PATH, ASK),
      streamedTools,
      post(PATH, {
        ...ASK,
        messages: [...ASK.messages, {
          role: "assistant",
          content: [
            { type: "text", text: "ok" },
            { type: "tool_use", id: "tu_1", name: "Bash", input: { command: "ls" } },
            { type: "tool_use", id: "tu_2", name: "Bash", input: {} },
          ],
        }, {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "tu_1", content: "größe", is_error: true }],
        }],
      }),
      sse([START, ...text(0, "done"), ...stop("end_turn", 20)]),
    ],
    expected: [
      call({
        continues: null,
        response: {
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
      }),
      { kind: "tool.call", id: "tu_1", name: "Bash", input: { command: "ls" } },
      { kind: "tool.call", id: "tu_2", name: "Bash", input: {} },
      { kind: "tool.result", id: "tu_1", name: "Bash", is_error: true, bytes: 7 },
      call({ continues: "1-1", response: { text: "done" } }),
    ],
  },
];
