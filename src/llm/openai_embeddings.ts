/** Embeddings: what was embedded is kept by reference, and the vectors are not kept at all. */
import { Buffer } from "node:buffer";
import type { Part } from "../event.ts";
import {
  type Answer,
  type AnswerReader,
  type Api,
  type CallError,
  NO_PROGRESS,
  type Progress,
} from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { otherPart, reference, withoutBinary } from "./media.ts";
import { openaiError } from "./openai_error.ts";

export const openaiEmbeddings: Api = {
  name: "openai.embeddings",
  operation: "embeddings",
  path: /\/embeddings$/,

  requestShape(body) {
    const { input } = body;
    return typeof input === "string" || (Array.isArray(input) && string(body.model) !== null)
      ? "possible"
      : "no";
  },

  answers(value) {
    const [first] = objects(value.data);
    return first !== undefined && "embedding" in first;
  },

  request: (body) => embeddingRequest(body, body.input),

  reader: () => new EmbeddingsAnswer(),

  usage(raw) {
    return {
      input_tokens: number(raw.prompt_tokens) ?? number(raw.total_tokens),
      output_tokens: null,
      cache_read_tokens: null,
      cache_write_tokens: null,
      reasoning_tokens: null,
    };
  },
};

export function embeddingRequest(body: JsonObject, input: unknown): ReturnType<Api["request"]> {
  return {
    model: string(body.model),
    system: [],
    messages: [{ role: "user", parts: inputParts(input) }],
    tools: [],
    temperature: null,
    max_tokens: null,
    conversation: null,
    previousResponse: null,
  };
}

/** One text, several, or the numbers of their tokens. */
function inputParts(input: unknown): Part[] {
  const inputs = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  return inputs.map((one) => {
    if (typeof one === "string") {
      return { type: "blob", modality: "document", mime_type: "text/plain", ...reference(one) };
    }
    return Array.isArray(one)
      ? otherPart("tokens", { count: one.length })
      : otherPart("input", withoutBinary(one));
  });
}

/** How many vectors came, and how long they are when that can be seen. */
export function vectorsPart(vectors: readonly unknown[]): Part {
  const [first] = vectors;
  let dimensions = Array.isArray(first) ? first.length : null;
  // Four bytes a number, when they were asked for in base64.
  if (typeof first === "string") dimensions = Buffer.from(first, "base64").length / 4;
  return otherPart("embeddings", { count: vectors.length, dimensions });
}

class EmbeddingsAnswer implements AnswerReader {
  #answer: Answer | null = null;

  get finished(): boolean {
    return this.#answer !== null;
  }

  /** Embeddings are not streamed. */
  event(): Progress {
    return NO_PROGRESS;
  }

  body(body: JsonObject): void {
    const error = openaiError(body.error);
    const vectors = objects(body.data).map(({ embedding }) => embedding);
    this.#answer = embeddingsAnswer(body, { error, vectors, usage: object(body.usage) });
  }

  done(): void {}

  answer(): Answer {
    return this.#answer ??
      { ...embeddingsAnswer({}, { error: null, vectors: [], usage: null }), finished: false };
  }
}

export function embeddingsAnswer(
  body: JsonObject,
  { error, vectors, usage }: {
    error: CallError | null;
    vectors: readonly unknown[];
    usage: JsonObject | null;
  },
): Answer {
  return {
    id: string(body.id),
    model: string(body.model),
    parts: vectors.length === 0 ? [] : [vectorsPart(vectors)],
    stop_reason: null,
    error,
    usage,
    finished: true,
  };
}
