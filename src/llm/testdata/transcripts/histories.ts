/** Histories as official clients keep them: at the provider, or in the pieces that an answer came in. */
import * as anthropic from "../anthropic.ts";
import * as gemini from "../gemini.ts";
import { calls, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const MESSAGES = "/v1/messages";
const RESPONSES = "/v1/responses";
const CHAT = "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse";

const message = calls({
  api: "anthropic.messages",
  provider: "anthropic",
  model: "claude-opus-5-5",
  usage: anthropic.USAGE,
});
const generated = calls({
  api: "gemini.generate",
  provider: "gcp.gemini",
  model: "gemini-2.5-pro",
  usage: gemini.USAGE,
});
const response = calls({
  api: "openai.responses",
  provider: "openai",
  model: "gpt-5",
  conversation: "conv_1",
  streaming: false,
});

/** Ids are the provider's, and so never the same twice. */
const OTHER = { ...anthropic.START, message: { ...anthropic.START.message, id: "msg_9" } };

const said = (role: string, content: string) => ({ role, parts: [{ type: "text" as const, content }] });

function answered(id: string, text: string) {
  const item = {
    type: "message",
    id: `m_${id}`,
    role: "assistant",
    content: [{ type: "output_text", text }],
  };
  return json({ id, object: "response", status: "completed", model: "gpt-5", output: [item] });
}

function streamed(...texts: string[]) {
  const pieces = texts.map((text) => gemini.response([{ text }]));
  return sse([...pieces, gemini.last({ text: " " })]);
}

/** `@google/genai` 3.1: each event of a streamed answer becomes a content of the history. */
const PIECES = ["I ", "look – ", "there."].map((text) => ({ role: "model", parts: [{ text }] }));
const QUESTION = { role: "user", parts: [{ text: "q" }] };
const NEXT = { role: "user", parts: [{ text: "more" }] };

export const cases: readonly Transcript[] = [
  {
    // The tool runner of `@anthropic-ai/sdk` 1.12 sends nothing twice.
    name: "a thread that Anthropic keeps",
    turns: [
      post(MESSAGES, { ...anthropic.ASK, thread: { type: "create" } }),
      sse([anthropic.START, ...anthropic.toolUse(0, "tu_1", '{"a":1}'), ...anthropic.stop("tool_use", 20)]),
      post(MESSAGES, {
        model: "claude-opus-5-5",
        max_tokens: 1024,
        messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "tu_1", content: "out" }] }],
        thread: { type: "continue", previous_message_id: "msg_1" },
        stream: true,
      }),
      sse([anthropic.START, ...anthropic.text(0, "Done"), ...anthropic.stop("end_turn", 20)]),
    ],
    expected: [
      message({ continues: null, request: { history: "sent" }, response: { stop_reason: "tool_use" } }),
      { kind: "tool.call", id: "tu_1", name: "Bash", input: { a: 1 } },
      { kind: "tool.result", id: "tu_1", name: "Bash", is_error: false, bytes: 3 },
      message({
        continues: "1-1",
        appended: 1,
        request: {
          history: "rebuilt",
          messages: [
            said("user", "List the files — alle Größen"),
            {
              role: "assistant",
              parts: [{ type: "tool_call", id: "tu_1", name: "Bash", arguments: { a: 1 } }],
            },
            {
              role: "user",
              parts: [{ type: "tool_call_response", id: "tu_1", response: "out", is_error: false }],
            },
          ],
        },
        response: { text: "Done" },
      }),
    ],
  },
  {
    name: "a thread whose beginning nobody saw, and a call that Anthropic keeps nothing of",
    turns: [
      post(MESSAGES, { ...anthropic.ASK, thread: { type: "continue", previous_message_id: "msg_0" } }),
      sse([OTHER, ...anthropic.text(0, "ok"), ...anthropic.stop("end_turn", 20)]),
      post(MESSAGES, { ...anthropic.ASK, messages: [{ role: "user", content: "alone" }] }),
      sse([OTHER, ...anthropic.text(0, "ok"), ...anthropic.stop("end_turn", 20)]),
    ],
    expected: [
      message({ continues: null, request: { history: "missing" }, response: { text: "ok" } }),
      message({ continues: null, request: { history: "sent" }, response: { text: "ok" } }),
    ],
  },
  {
    name: "a conversation that OpenAI keeps",
    turns: [
      post(RESPONSES, { model: "gpt-5", input: "one", conversation: "conv_1" }),
      answered("resp_1", "A"),
      post(RESPONSES, { model: "gpt-5", input: "two", conversation: { id: "conv_1" } }),
      json({ error: { type: "server_error", message: "Busy" } }, 503),
      post(RESPONSES, { model: "gpt-5", input: "two", conversation: { id: "conv_1" } }),
      answered("resp_2", "B"),
      post(RESPONSES, { model: "gpt-5", input: "three", conversation: "conv_1" }),
      answered("resp_3", "C"),
    ],
    expected: [
      response({ continues: null, request: { history: "missing" }, response: { text: "A" } }),
      response({
        continues: "1-1",
        error: { type: "server_error", message: "Busy" },
        request: {
          history: "missing",
          messages: [said("user", "one"), said("assistant", "A"), said("user", "two")],
        },
        response: { text: "" },
      }),
      response({ continues: "1-1", retry_of: "1-2", appended: 1, response: { text: "B" } }),
      response({
        continues: "1-3",
        appended: 1,
        request: {
          history: "missing",
          messages: [
            said("user", "one"),
            said("assistant", "A"),
            said("user", "two"),
            said("assistant", "B"),
            said("user", "three"),
          ],
        },
        response: { text: "C" },
      }),
    ],
  },
  {
    name: "an answer that comes back in the pieces it was streamed in",
    turns: [
      post(CHAT, { contents: [QUESTION] }),
      streamed("I ", "look – ", "there."),
      post(CHAT, { contents: [QUESTION, ...PIECES, NEXT] }),
      streamed("So", " it is"),
      post(CHAT, {
        contents: [QUESTION, ...PIECES, NEXT, { role: "model", parts: [{ text: "So it is" }] }, NEXT],
      }),
      streamed("Yes"),
    ],
    expected: [
      generated({ continues: null, response: { text: "I look – there. " } }),
      generated({ continues: "1-1", appended: 1, compacted: false, response: { text: "So it is " } }),
      generated({ continues: "1-2", appended: 1, compacted: false, response: { text: "Yes " } }),
    ],
  },
];
