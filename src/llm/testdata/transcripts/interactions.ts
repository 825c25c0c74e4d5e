/** Gemini's Interactions API. */
import type { Part } from "../../../event.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const HOST = { host: "generativelanguage.googleapis.com" };
const PATH = "/v1beta/interactions";
const ASK = {
  model: "gemini-2.5-pro",
  input: "List — ü",
  system_instruction: "Be brief.",
  stream: true,
  tools: [{ type: "function", name: "ls", parameters: { type: "object" } }, { type: "google_search" }],
  generation_config: { temperature: 0.5, max_output_tokens: 99 },
};
const COUNTS = {
  total_input_tokens: 90,
  total_tool_use_tokens: 10,
  total_cached_tokens: 40,
  total_output_tokens: 20,
  total_thought_tokens: 5,
  total_tokens: 125,
};
const USAGE = {
  input_tokens: 100,
  output_tokens: 25,
  cache_read_tokens: 40,
  cache_write_tokens: null,
  reasoning_tokens: 5,
};
const COST = (60 * 1.25 + 40 * 0.125 + 25 * 10) / 1e6;
const SIGNATURE = {
  byte_size: 4,
  sha256: "0e06099dae0f6bf0eea7c11cf8f0295427cf1133d4c4ff5dda3deca53409e1c2",
};
/** The parts of the first answer, which the next request goes on from. */
const ANSWERED: readonly Part[] = [
  { type: "reasoning", content: "hmm", encrypted: SIGNATURE },
  {
    type: "server_tool_call",
    id: "s1",
    name: "google_search",
    server_tool_call: { type: "google_search", input: { queries: ["q"] } },
  },
  {
    type: "server_tool_call_response",
    id: "s1",
    server_tool_call_response: { type: "google_search", content: [] },
  },
  {
    type: "text",
    content: "Die Größe ist 2",
    citations: [{ type: "url_citation", url: "https://x.test" }],
  },
  { type: "tool_call", id: "f1", name: "ls", arguments: { path: "/ü" } },
  { type: "tool_call", id: "f2", name: "ls", arguments: {} },
];
const call = calls({
  api: "gemini.interactions",
  provider: "gcp.gemini",
  model: "gemini-2.5-pro",
  usage: USAGE,
});

function start(id = "v1_a"): unknown[] {
  return [
    {
      event_type: "interaction.created",
      interaction: { id, status: "in_progress", model: "gemini-2.5-pro" },
    },
    { event_type: "interaction.status_update", interaction_id: id, status: "in_progress" },
  ];
}

function step(index: number, step: unknown, ...deltas: unknown[]): unknown[] {
  return [
    { event_type: "step.start", index, step },
    ...deltas.map((delta, i) => ({ event_type: "step.delta", index, delta, event_id: `e${index}${i}` })),
    { event_type: "step.stop", index },
  ];
}

function end(status: string, id = "v1_a"): unknown[] {
  const interaction = { id, status, model: "gemini-2.5-pro", usage: COUNTS };
  return [{ event_type: "interaction.completed", interaction }, "[DONE]"];
}

function said(...pieces: string[]): unknown[] {
  return step(0, { type: "model_output" }, ...pieces.map((text) => ({ type: "text", text })));
}

export const cases: readonly Transcript[] = [
  {
    name: "streamed: a thought, a search, text with its source, parallel calls; the history is the service's",
    turns: [
      post(PATH, ASK, HOST),
      sse([
        ...start(),
        ...step(
          0,
          { type: "thought" },
          { type: "thought_summary", content: { type: "text", text: "hm" } },
          { type: "thought_summary", content: { type: "text", text: "m" } },
          { type: "thought_signature", signature: "c2ln" },
        ),
        ...step(
          1,
          { type: "google_search_call", id: "s1", arguments: {} },
          { type: "google_search_call", arguments: { queries: ["q"] } },
        ),
        ...step(2, { type: "google_search_result", call_id: "s1", result: [] }),
        ...step(
          3,
          { type: "model_output" },
          { type: "text", text: "Die " },
          { type: "text", text: "Größe" },
          { type: "text", text: " ist 2" },
          { type: "text_annotation_delta", annotations: [{ type: "url_citation", url: "https://x.test" }] },
        ),
        ...step(
          4,
          { type: "function_call", id: "f1", name: "ls", arguments: {} },
          { type: "arguments_delta", arguments: '{"path":' },
          { type: "arguments_delta", arguments: '"/ü"}' },
        ),
        ...step(5, { type: "function_call", id: "f2", name: "ls", arguments: {} }),
        ...end("requires_action"),
      ], { headers: { "x-goog-request-id": "g1" } }),
      post(PATH, {
        ...ASK,
        previous_interaction_id: "v1_a",
        input: [
          { type: "function_result", call_id: "f1", name: "ls", result: [{ type: "text", text: "a" }] },
          { type: "function_result", call_id: "f2", name: "ls", result: "no", is_error: true },
        ],
      }, HOST),
      sse([...start("v1_b"), ...said("fertig"), ...end("completed", "v1_b")]),
    ],
    expected: [
      call({
        operation: "generate_content",
        request_id: "g1",
        usage_raw: COUNTS,
        cost_usd: COST,
        request: {
          system: [{ type: "text", content: "Be brief." }],
          messages: [{ role: "user", parts: [{ type: "text", content: "List — ü" }] }],
          tools: [
            { name: "ls", description: null, parameters: { type: "object" } },
            { name: "google_search", description: null, parameters: null },
          ],
          temperature: 0.5,
          max_tokens: 99,
        },
        response: {
          id: "v1_a",
          parts: ANSWERED,
          stop_reason: "requires_action",
        },
      }),
      { kind: "tool.call", id: "f1", name: "ls", input: { path: "/ü" } },
      { kind: "tool.call", id: "f2", name: "ls", input: {} },
      { kind: "tool.result", id: "f1", name: "ls", is_error: false, bytes: 1 },
      { kind: "tool.result", id: "f2", name: "ls", is_error: true, bytes: 2 },
      call({
        continues: "1-1",
        appended: 2,
        request: {
          history: "rebuilt",
          messages: [
            { role: "user", parts: [{ type: "text", content: "List — ü" }] },
            { role: "assistant", parts: ANSWERED },
            {
              role: "tool",
              parts: [{
                type: "tool_call_response",
                id: "f1",
                name: "ls",
                response: [{ type: "text", content: "a" }],
                is_error: false,
              }],
            },
            {
              role: "tool",
              parts: [{ type: "tool_call_response", id: "f2", name: "ls", response: "no", is_error: true }],
            },
          ],
        },
        response: { id: "v1_b", text: "fertig", stop_reason: "completed" },
      }),
    ],
  },
  {
    name: "plain, with a picture; a history that nobody saw",
    turns: [
      post(PATH, {
        model: "gemini-2.5-pro",
        previous_interaction_id: "v1_z",
        input: [{ type: "text", text: "What?" }, { type: "image", data: "aGk=", mime_type: "image/png" }],
      }, HOST),
      json({
        id: "v1_c",
        object: "interaction",
        model: "gemini-2.5-pro",
        status: "completed",
        steps: [
          { type: "user_input", content: [{ type: "text", text: "What?" }] },
          { type: "thought", signature: "c2ln" },
          { type: "model_output", content: [{ type: "text", text: "A cat" }] },
        ],
        usage: COUNTS,
      }),
    ],
    expected: [call({
      streaming: false,
      cost_usd: COST,
      request: {
        history: "missing",
        messages: [{
          role: "user",
          parts: [
            { type: "text", content: "What?" },
            {
              type: "blob",
              modality: "image",
              mime_type: "image/png",
              byte_size: 2,
              sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
            },
          ],
        }],
      },
      response: {
        parts: [
          { type: "reasoning", content: "", encrypted: SIGNATURE },
          { type: "text", content: "A cat" },
        ],
        stop_reason: "completed",
      },
    })],
  },
  {
    name: "errors: refused, in the stream, of the interaction; a stream that breaks off",
    turns: [
      post(PATH, ASK, HOST),
      json({ error: { message: "Bad", code: "invalid_request" } }, 400),
      post(PATH, ASK, HOST),
      sse([...start(), ...said("par"), {
        event_type: "error",
        error: { code: "gateway_timeout", message: "Late" },
      }]),
      post(PATH, { ...ASK, input: "other" }, HOST),
      json({ id: "v1_d", status: "failed", errors: [{ code: "internal", message: "Oh" }], steps: [] }),
      post(PATH, { ...ASK, input: "third" }, HOST),
      sse([...start(), ...said("half").slice(0, -1)], { cut: true }),
    ],
    expected: [
      call({
        streaming: false,
        usage: NO_USAGE,
        error: { type: "invalid_request", message: "Bad" },
        response: { parts: [] },
      }),
      call({
        usage: NO_USAGE,
        retry_of: "1-1",
        error: { type: "gateway_timeout", message: "Late" },
        response: { text: "par" },
      }),
      call({
        streaming: false,
        usage: NO_USAGE,
        error: { type: "internal", message: "Oh" },
        response: { parts: [], stop_reason: "failed" },
      }),
      call({ usage: NO_USAGE, complete: false, response: { text: "half" } }),
    ],
  },
  {
    name: "a gateway, by the answer's shape",
    turns: [
      post("/llm", { model: "gemini-2.5-pro", input: "hi", stream: true }),
      sse([...start(), ...said("Hi"), ...end("completed")]),
    ],
    expected: [call({ response: { text: "Hi" } })],
  },
];
