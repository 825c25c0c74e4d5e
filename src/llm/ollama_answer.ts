/** Ollama: answers of chat and generate, whole or in pieces. Both have the same shape, and the last piece counts. */
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { ollamaParts } from "./ollama_message.ts";
import { openaiError } from "./openai_error.ts";

export class OllamaAnswer implements AnswerReader {
  #content = "";
  #thinking = "";
  readonly #toolCalls: JsonObject[] = [];
  #model: string | null = null;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #finished = false;

  get finished(): boolean {
    return this.#finished;
  }

  event(event: JsonObject): Progress {
    this.#model ??= string(event.model) || null;
    const message = object(event.message);
    const text = string(message?.content) ?? string(event.response) ?? "";
    const thinking = string(message?.thinking) ?? string(event.thinking) ?? "";
    const calls = message?.tool_calls === undefined ? [] : objects(message.tool_calls);
    this.#content += text;
    this.#thinking += thinking;
    for (const call of calls) this.#toolCalls.push(call);
    if (event.done === true) this.#finish(event);
    const error = openaiError(event.error);
    if (error) {
      this.#error = error;
      this.#finished = true;
    }
    const content = text !== "" || thinking !== "" || calls.length > 0;
    return content ? { text, content } : NO_PROGRESS;
  }

  body(body: JsonObject): void {
    this.event(body);
    this.#finished = true;
  }

  done(): void {
    this.#finished = true;
  }

  answer(): Answer {
    const message = { thinking: this.#thinking, content: this.#content, tool_calls: this.#toolCalls };
    return {
      id: null,
      model: this.#model,
      parts: ollamaParts(message),
      stop_reason: this.#stopReason,
      error: this.#error,
      usage: this.#usage,
      finished: this.#finished,
    };
  }

  /** Counts and durations in nanoseconds stand beside the text. */
  #finish(event: JsonObject): void {
    this.#finished = true;
    this.#stopReason = string(event.done_reason);
    const counts = Object.entries(event).filter(([name]) => /_(?:count|duration)$/.test(name));
    if (counts.length > 0) this.#usage = Object.fromEntries(counts);
  }
}
