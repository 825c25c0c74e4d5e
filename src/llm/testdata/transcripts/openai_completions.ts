/** Legacy completions, llama.cpp's native ones, and embeddings. */
import { reference } from "../../media.ts";
import { calls, NO_USAGE, type Transcript } from "../transcript.ts";
import { json, post, sse } from "../wire.ts";

const call = calls({
  api: "openai.completions",
  provider: "openai",
  model: "gpt-3.5-turbo-instruct",
  operation: "text_completion",
  usage: NO_USAGE,
});
const embed = calls({
  api: "openai.embeddings",
  provider: "openai",
  model: "text-embedding-3-small",
  operation: "embeddings",
  streaming: false,
});
const ASK = { model: "gpt-3.5-turbo-instruct", prompt: "Say", max_tokens: 5, temperature: 0 };
const COUNTS = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const USAGE = { ...NO_USAGE, input_tokens: 3, output_tokens: 2 };

function chunk(text: string, finish_reason: string | null = null, index = 0): Record<string, unknown> {
  const choices = [{ text, index, logprobs: null, finish_reason }];
  return { id: "cmpl-1", object: "text_completion", created: 1, model: ASK.model, choices };
}

export const cases: readonly Transcript[] = [
  {
    name: "plain",
    turns: [
      post("/v1/completions", ASK),
      json({ ...chunk(" hi", "length"), usage: COUNTS }, 200, { "x-request-id": "r" }),
    ],
    expected: [call({
      streaming: false,
      request_id: "r",
      usage: USAGE,
      // USD a million: 1.5 in, 2 out.
      cost_usd: (3 * 1.5 + 2 * 2) / 1e6,
      request: {
        messages: [{ role: "user", parts: [{ type: "text", content: "Say" }] }],
        max_tokens: 5,
        temperature: 0,
      },
      response: { id: "cmpl-1", parts: [{ type: "text", content: " hi" }], stop_reason: "length" },
    })],
  },
  {
    name: "streamed, of two prompts, one of them tokens",
    mixed: true,
    turns: [
      post("/v1/completions", { ...ASK, prompt: ["Say", [1, 2, 3]], stream: true }),
      sse([
        chunk("a", null, 0),
        chunk("x", null, 1),
        chunk("b", "stop", 0),
        chunk("y", "stop", 1),
        { ...chunk(""), choices: [], usage: COUNTS },
        "[DONE]",
      ]),
    ],
    expected: [call({
      usage: USAGE,
      request: {
        messages: [{
          role: "user",
          parts: [
            { type: "text", content: "Say" },
            { type: "other", name: "tokens", value: { count: 3 } },
          ],
        }],
      },
      response: {
        parts: [{ type: "text", content: "ab" }, { type: "text", content: "xy" }],
        stop_reason: "stop",
      },
    })],
  },
  {
    name: "an error, and an error in the stream",
    turns: [
      post("/v1/completions", ASK),
      json({ object: "error", message: "too long", type: "BadRequestError", code: 400 }, 400),
      post("/v1/completions", { ...ASK, stream: true }),
      sse([chunk("a"), { error: { message: "broke", type: "server_error" } }]),
    ],
    expected: [
      call({
        streaming: false,
        error: { type: "BadRequestError", message: "too long" },
        response: { parts: [] },
      }),
      call({ error: { type: "server_error", message: "broke" }, response: { text: "a" } }),
    ],
  },
  {
    name: "llama.cpp's own completion",
    turns: [
      post("/completion", { prompt: "Say", n_predict: 5, stream: true }, { host: "127.0.0.1:8080" }),
      sse([
        { index: 0, content: " h", tokens: [1], stop: false, id_slot: 0 },
        { index: 0, content: "i", tokens: [2], stop: false, id_slot: 0 },
        {
          index: 0,
          content: "",
          stop: true,
          model: "qwen.gguf",
          tokens_predicted: 2,
          tokens_evaluated: 3,
          stop_type: "limit",
          tokens_cached: 4,
          timings: { cache_n: 1, prompt_n: 2, predicted_n: 2 },
        },
      ], { headers: { Server: "llama.cpp" } }),
    ],
    expected: [call({
      provider: "llama.cpp",
      model: "qwen.gguf",
      usage: { ...USAGE, cache_read_tokens: 1 },
      cost_usd: null,
      request: { max_tokens: 5 },
      response: { parts: [{ type: "text", content: " hi" }], stop_reason: "limit" },
    })],
  },
  {
    name: "a picture is no completion",
    turns: [
      post("/v1/images/generations", { model: "gpt-image-1", prompt: "a cat" }),
      json({ created: 1, data: [{ b64_json: "aGk=" }] }),
    ],
    expected: [],
  },
  {
    name: "embeddings: neither the texts nor the vectors are kept",
    turns: [
      post("/v1/embeddings", { model: "text-embedding-3-small", input: ["one", [1, 2]] }, {
        host: "api.openai.com",
      }),
      json({
        object: "list",
        model: "text-embedding-3-small",
        data: [
          { object: "embedding", index: 0, embedding: [0.1, 0.2, 0.3] },
          { object: "embedding", index: 1, embedding: [0.1, 0.2, 0.3] },
        ],
        usage: { prompt_tokens: 100, total_tokens: 100 },
      }),
    ],
    expected: [embed({
      usage: { ...NO_USAGE, input_tokens: 100 },
      // 0.02 USD a million.
      cost_usd: 100 * 0.02 / 1e6,
      request: {
        messages: [{
          role: "user",
          parts: [
            { type: "blob", modality: "document", mime_type: "text/plain", ...reference("one") },
            { type: "other", name: "tokens", value: { count: 2 } },
          ],
        }],
      },
      response: {
        parts: [{ type: "other", name: "embeddings", value: { count: 2, dimensions: 3 } }],
        text: "",
      },
    })],
  },
  {
    name: "embeddings in base64, and refused",
    turns: [
      post("/v1/embeddings", { model: "text-embedding-3-small", input: "x", encoding_format: "base64" }),
      json({ model: "text-embedding-3-small", data: [{ embedding: "AAAAAAAAAAA=" }] }),
      post("/v1/embeddings", { model: "text-embedding-3-small", input: "y" }),
      json({ error: { message: "no", type: "invalid_request_error" } }, 400),
    ],
    expected: [
      embed({
        response: { parts: [{ type: "other", name: "embeddings", value: { count: 1, dimensions: 2 } }] },
      }),
      embed({ error: { type: "invalid_request_error", message: "no" }, response: { parts: [] } }),
    ],
  },
];
