/** Ollama's own API, plain HTTP or not. */
import { reference } from "../../media.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { chunked, json, post, type ReplyOptions, type Turn } from "../wire.ts";

const HOST = { host: "127.0.0.1:11434" };
const ASK = {
  model: "qwen3",
  messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "hi", images: ["aGk="] }],
  options: { temperature: 0.5, num_predict: 9 },
};
const COUNTS = {
  total_duration: 9,
  load_duration: 1,
  prompt_eval_count: 12,
  eval_count: 5,
  eval_duration: 7,
};
const USAGE = { ...NO_USAGE, input_tokens: 12, output_tokens: 5 };
const chat = calls({
  api: "ollama.chat",
  provider: "ollama",
  model: "qwen3",
  operation: "chat",
  usage: USAGE,
  cost_usd: null,
});
const generate = calls({
  api: "ollama.generate",
  provider: "ollama",
  model: "qwen3",
  operation: "text_completion",
  usage: USAGE,
});
const embed = calls({
  api: "ollama.embed",
  provider: "ollama",
  model: "nomic-embed-text",
  operation: "embeddings",
  streaming: false,
});

function lines(values: readonly unknown[], options: ReplyOptions = {}): Turn {
  const headers = { "Content-Type": "application/x-ndjson" };
  return chunked(values.map((value) => `${JSON.stringify(value)}\n`), { headers, ...options });
}

function said(message: unknown): Record<string, unknown> {
  return { model: "qwen3", created_at: "2026-08-21T10:00:00Z", message, done: false };
}

const END = { ...said({ role: "assistant", content: "" }), done: true, done_reason: "stop", ...COUNTS };
const CHUNKS = [
  said({ role: "assistant", content: "", thinking: "h" }),
  said({ role: "assistant", content: "", thinking: "m" }),
  said({ role: "assistant", content: "Grö" }),
  said({ role: "assistant", content: "ße" }),
  said({
    role: "assistant",
    content: "",
    tool_calls: [
      { function: { name: "sh", arguments: { c: "ls" } } },
      { id: "call_1", function: { index: 1, name: "rd", arguments: {} } },
    ],
  }),
  END,
];

export const cases: readonly Transcript[] = [
  {
    name: "chat: thinking, text and tool calls; streamed without asking for it",
    turns: [
      post(
        "/api/chat",
        { ...ASK, tools: [{ type: "function", function: { name: "sh", parameters: {} } }] },
        HOST,
      ),
      lines(CHUNKS),
      post("/api/chat", {
        ...ASK,
        messages: [
          ...ASK.messages,
          {
            role: "assistant",
            content: "Größe",
            thinking: "hm",
            tool_calls: [
              { function: { name: "sh", arguments: { c: "ls" } } },
              { id: "call_1", function: { name: "rd", arguments: {} } },
            ],
          },
          { role: "tool", tool_name: "sh", content: "out" },
          { role: "tool", tool_call_id: "call_1", content: "x" },
        ],
        stream: false,
      }, HOST),
      json({ ...END, message: { role: "assistant", content: "done" } }),
    ],
    expected: [
      chat({
        usage_raw: COUNTS,
        request: {
          messages: [
            { role: "system", parts: [{ type: "text", content: "Be brief." }] },
            {
              role: "user",
              parts: [
                { type: "text", content: "hi" },
                {
                  type: "blob",
                  modality: "image",
                  mime_type: null,
                  byte_size: 2,
                  sha256: "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4",
                },
              ],
            },
          ],
          tools: [{ name: "sh", description: null, parameters: {} }],
          temperature: 0.5,
          max_tokens: 9,
        },
        response: {
          id: null,
          parts: [
            { type: "reasoning", content: "hm" },
            { type: "text", content: "Größe" },
            { type: "tool_call", id: null, name: "sh", arguments: { c: "ls" } },
            { type: "tool_call", id: "call_1", name: "rd", arguments: {} },
          ],
          text: "Größe",
          stop_reason: "stop",
        },
      }),
      { kind: "tool.call", id: "1-1.0", name: "sh", input: { c: "ls" } },
      { kind: "tool.call", id: "call_1", name: "rd", input: {} },
      { kind: "tool.result", id: "1-1.0", name: "sh", is_error: false, bytes: 3 },
      { kind: "tool.result", id: "call_1", name: "rd", is_error: false, bytes: 1 },
      chat({ streaming: false, continues: "1-1", response: { text: "done" } }),
    ],
  },
  ...(["gzip", "br", "zstd"] as const).map((coding) => ({
    name: `chat in ${coding}`,
    turns: [
      post("/api/chat", ASK, HOST),
      lines([...CHUNKS.slice(0, 4), END], { coding }),
    ],
    expected: [chat({ response: { text: "Größe" } })],
  })),
  {
    name: "chat: an error of the request, an error in the stream, a stream that breaks off",
    turns: [
      post("/api/chat", ASK, HOST),
      json({ error: "model 'qwen3' not found" }, 404),
      post("/api/chat", ASK, HOST),
      lines([...CHUNKS.slice(2, 4), { error: "out of memory" }]),
      post("/api/chat", ASK, HOST),
      lines(CHUNKS.slice(2, 4), { cut: true }),
    ],
    expected: [
      chat({
        streaming: false,
        usage: NO_USAGE,
        error: { type: "error", message: "model 'qwen3' not found" },
        response: { parts: [] },
      }),
      chat({
        usage: NO_USAGE,
        retry_of: "1-1",
        error: { type: "error", message: "out of memory" },
        response: { text: "Größe" },
      }),
      chat({ usage: NO_USAGE, complete: false, response: { text: "Größe" } }),
    ],
  },
  {
    name: "generate",
    turns: [
      post("/api/generate", { model: "qwen3", prompt: "Say", system: "Be brief." }, HOST),
      lines([
        { model: "qwen3", response: "", thinking: "h", done: false },
        { model: "qwen3", response: "A", done: false },
        { model: "qwen3", response: "B", done: false },
        { model: "qwen3", response: "", done: true, done_reason: "length", context: [1, 2], ...COUNTS },
      ]),
    ],
    expected: [generate({
      request: {
        system: [{ type: "text", content: "Be brief." }],
        messages: [{ role: "user", parts: [{ type: "text", content: "Say" }] }],
      },
      response: {
        parts: [{ type: "reasoning", content: "h" }, { type: "text", content: "AB" }],
        stop_reason: "length",
      },
    })],
  },
  {
    name: "a model that is only loaded was not asked anything",
    turns: [
      post("/api/generate", { model: "qwen3", keep_alive: -1 }, HOST),
      json({ model: "qwen3", response: "", done: true, done_reason: "load" }),
      post("/api/chat", { model: "qwen3", messages: [] }, HOST),
      json({ model: "qwen3", message: { role: "assistant", content: "" }, done: true, done_reason: "load" }),
    ],
    expected: [],
  },
  {
    name: "embeddings, in the new form and the old one",
    turns: [
      post("/api/embed", { model: "nomic-embed-text", input: ["a", "b"] }, HOST),
      json({ model: "nomic-embed-text", embeddings: [[0.1, 0.2], [0.3, 0.4]], prompt_eval_count: 4 }),
      post("/api/embeddings", { model: "nomic-embed-text", prompt: "a" }, HOST),
      json({ embedding: [0.1, 0.2] }),
    ],
    expected: [
      embed({
        usage: { ...NO_USAGE, input_tokens: 4 },
        request: {
          messages: [{
            role: "user",
            parts: ["a", "b"].map((text) => ({
              type: "blob",
              modality: "document",
              mime_type: "text/plain",
              ...reference(text),
            })),
          }],
        },
        response: { parts: [{ type: "other", name: "embeddings", value: { count: 2, dimensions: 2 } }] },
      }),
      embed({
        response: { parts: [{ type: "other", name: "embeddings", value: { count: 1, dimensions: 2 } }] },
      }),
    ],
  },
  {
    name: "through a gateway on another path and host",
    turns: [post("/gw/x", ASK, { host: "gw.test" }), lines([...CHUNKS.slice(2, 4), END])],
    expected: [chat({ response: { text: "Größe" } })],
  },
];
