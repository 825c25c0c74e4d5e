/** Ollama's own API: requests. Answers, one JSON object a line, are read in `ollama_answer.ts`. */
import type { Message, Part, ToolDefinition, Usage } from "../event.ts";
import { type Api, type CallRequest, NO_PROGRESS } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { base64Part } from "./media.ts";
import { OllamaAnswer } from "./ollama_answer.ts";
import { ollamaParts } from "./ollama_message.ts";
import { embeddingRequest, embeddingsAnswer } from "./openai_embeddings.ts";
import { openaiError } from "./openai_error.ts";

export const ollamaChat: Api = {
  name: "ollama.chat",
  operation: "chat",
  path: /\/api\/chat$/,

  /** Without messages it only loads the model. */
  requestShape(body) {
    const messages = objects(body.messages);
    const spoken = messages.length > 0 && messages.every((message) => string(message.role));
    return spoken && string(body.model) !== null ? "possible" : "no";
  },

  answers: (value) => typeof value.done === "boolean" && object(value.message) !== null,

  request(body) {
    return { ...settings(body), messages: objects(body.messages).map(message) };
  },

  reader: () => new OllamaAnswer(),
  usage: ollamaUsage,
};

export const ollamaGenerate: Api = {
  name: "ollama.generate",
  operation: "text_completion",
  path: /\/api\/generate$/,

  /** Without a prompt it only loads the model. */
  requestShape(body) {
    return string(body.model) !== null && (string(body.prompt) ?? "") !== "" ? "possible" : "no";
  },

  answers: (value) => typeof value.done === "boolean" && string(value.response) !== null,

  request(body) {
    const system = string(body.system) ?? "";
    const prompt: Part = { type: "text", content: string(body.prompt) ?? "" };
    return {
      ...settings(body),
      system: system === "" ? [] : [{ type: "text", content: system }],
      messages: [{ role: "user", parts: [prompt, ...images(body.images)] }],
    };
  },

  reader: () => new OllamaAnswer(),
  usage: ollamaUsage,
};

export const ollamaEmbed: Api = {
  name: "ollama.embed",
  operation: "embeddings",
  path: /\/api\/embed(?:dings)?$/,

  requestShape(body) {
    const input = body.input ?? body.prompt;
    return string(body.model) !== null && (string(input) !== null || Array.isArray(input))
      ? "possible"
      : "no";
  },

  answers: (value) => Array.isArray(value.embeddings) || Array.isArray(value.embedding),

  request: (body) => embeddingRequest(body, body.input ?? body.prompt),

  reader() {
    let answer = embeddingsAnswer({}, { error: null, vectors: [], usage: null });
    let finished = false;
    return {
      event: () => NO_PROGRESS,
      body(body) {
        const vectors = Array.isArray(body.embeddings) ? body.embeddings : [body.embedding];
        const known = vectors.filter((vector) => Array.isArray(vector));
        const usage = "prompt_eval_count" in body ? { prompt_eval_count: body.prompt_eval_count } : null;
        answer = embeddingsAnswer(body, { error: openaiError(body.error), vectors: known, usage });
        finished = true;
      },
      done() {},
      get finished() {
        return finished;
      },
      answer: () => ({ ...answer, finished }),
    };
  },

  usage: ollamaUsage,
};

/** Counts that Ollama leaves out, as it does for a prompt that it had in its cache, are unknown. */
function ollamaUsage(raw: JsonObject): Usage {
  return {
    input_tokens: number(raw.prompt_eval_count),
    output_tokens: number(raw.eval_count),
    cache_read_tokens: null,
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
}

function settings(body: JsonObject): CallRequest {
  const options = object(body.options);
  return {
    model: string(body.model),
    system: [],
    messages: [],
    tools: objects(body.tools).map(tool),
    temperature: number(options?.temperature),
    max_tokens: number(options?.num_predict),
    conversation: null,
    previousResponse: null,
  };
}

function message(raw: JsonObject): Message {
  const role = string(raw.role) ?? "";
  if (role === "tool") {
    const response = string(raw.content) ?? "";
    const name = string(raw.tool_name) ?? string(raw.name);
    const named = name === null ? {} : { name };
    return {
      role,
      parts: [{ type: "tool_call_response", id: string(raw.tool_call_id), ...named, response }],
    };
  }
  return { role, parts: [...ollamaParts(raw), ...images(raw.images)] };
}

function images(value: unknown): Part[] {
  if (!Array.isArray(value)) return [];
  return value.filter((image) => typeof image === "string").map((data) => base64Part("image", data, null));
}

function tool(raw: JsonObject): ToolDefinition {
  const defined = object(raw.function) ?? raw;
  return {
    name: string(defined.name) ?? "",
    description: string(defined.description),
    parameters: defined.parameters ?? null,
  };
}
