/** Legacy completions: answers, whole or streamed, of OpenAI's family and of llama.cpp. */
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { openaiError } from "./openai_error.ts";

const LLAMA_COUNTS = ["tokens_evaluated", "tokens_predicted", "timings"];

export class CompletionsAnswer implements AnswerReader {
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
