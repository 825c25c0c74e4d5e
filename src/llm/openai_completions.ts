/** Legacy completions: OpenAI's, its family's, and the native one of llama.cpp. Text in, text out. */
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
import { otherPart } from "./media.ts";
import { openaiError } from "./openai_error.ts";
import { openaiUsage } from "./openai_usage.ts";

export const openaiCompletions: Api = {
  name: "openai.completions",
  operation: "text_completion",
  path: /\/completions?$/,

  requestShape(body) {
    const { prompt } = body;
    return (typeof prompt === "string" || Array.isArray(prompt)) && !("messages" in body) ? "possible" : "no";
  },

  answers(value) {
    if (value.object === "text_completion") return true;
    const [choice] = objects(value.choices);
    return choice ? "text" in choice : string(value.content) !== null && typeof value.stop === "boolean";
  },

  request(body) {
    return {
      model: string(body.model),
      system: [],
      messages: [{ role: "user", parts: promptParts(body.prompt) }],
      tools: [],
      temperature: number(body.temperature),
      max_tokens: number(body.max_tokens) ?? number(body.n_predict),
      conversation: null,
      previousResponse: null,
    };
  },

  reader: () => new CompletionsAnswer(),

  usage: (raw) => "tokens_evaluated" in raw || "tokens_predicted" in raw ? llamaUsage(raw) : openaiUsage(raw),
};

/** One text, several, or the numbers of their tokens. */
export function promptParts(prompt: unknown): Part[] {
  if (typeof prompt === "string") return [{ type: "text", content: prompt }];
  if (!Array.isArray(prompt)) return [];
  if (typeof prompt[0] === "number") return [tokens(prompt)];
  return prompt.map((one) => {
    if (typeof one === "string") return { type: "text", content: one };
    return Array.isArray(one) ? tokens(one) : otherPart("prompt", one);
  });
}

function tokens(numbers: readonly unknown[]): Part {
  return otherPart("tokens", { count: numbers.length });
}

/** llama.cpp: `tokens_evaluated` is the whole prompt, `tokens_cached` what its cache holds afterwards. */
function llamaUsage(raw: JsonObject): ReturnType<Api["usage"]> {
  return {
    input_tokens: number(raw.tokens_evaluated),
    output_tokens: number(raw.tokens_predicted),
    cache_read_tokens: number(object(raw.timings)?.cache_n),
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
}

const LLAMA_COUNTS = ["tokens_evaluated", "tokens_predicted", "timings"];

class CompletionsAnswer implements AnswerReader {
  /** By index: one for each alternative of each prompt. */
  readonly #texts = new Map<number, string>();
  #id: string | null = null;
  #model: string | null = null;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #stopped = false;
  #done = false;

  get finished(): boolean {
    return this.#done;
  }

  event(event: JsonObject): Progress {
    this.#common(event);
    let text = "";
    for (const choice of objects(event.choices)) {
      // Mistral's fill-in-the-middle answers like a chat.
      const added = string(choice.text) ??
        string((object(choice.delta) ?? object(choice.message))?.content) ?? "";
      this.#grow(number(choice.index) ?? 0, added);
      const reason = string(choice.finish_reason);
      this.#stopReason ??= reason;
      this.#stopped ||= reason !== null;
      text += added;
    }
    const native = string(event.content);
    if (native !== null) {
      this.#grow(number(event.index) ?? 0, native);
      text += native;
    }
    return text === "" ? NO_PROGRESS : { text, content: true };
  }

  body(body: JsonObject): void {
    this.event(body);
    this.#done = true;
  }

  done(): void {
    this.#done = true;
  }

  answer(): Answer {
    const texts = [...this.#texts].sort(([a], [b]) => a - b).map(([, text]) => text);
    return {
      id: this.#id,
      model: this.#model,
      parts: texts.filter((text) => text !== "").map((content) => ({ type: "text", content })),
      stop_reason: this.#stopReason,
      error: this.#error,
      usage: this.#usage,
      finished: this.#done || this.#stopped,
    };
  }

  #common(value: JsonObject): void {
    this.#id ??= string(value.id) || null;
    this.#model ??= string(value.model) || null;
    this.#usage = object(value.usage) ?? this.#usage;
    if (value.stop === true) this.#stop(value);
    const error = openaiError(value.error) ?? (value.object === "error" ? openaiError(value) : null);
    if (!error) return;
    this.#error = error;
    this.#done = true;
  }

  /** llama.cpp's own end mark, with its counts. */
  #stop(value: JsonObject): void {
    this.#done = true;
    this.#stopReason = string(value.stop_type);
    const counts = LLAMA_COUNTS.filter((name) => name in value).map((name) => [name, value[name]] as const);
    if (counts.length > 0) this.#usage = Object.fromEntries(counts);
  }

  #grow(index: number, text: string): void {
    this.#texts.set(index, (this.#texts.get(index) ?? "") + text);
  }
}
