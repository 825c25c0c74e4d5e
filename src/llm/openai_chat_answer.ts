/** OpenAI Chat Completions: answers, whole or streamed. */
import type { Part } from "../event.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { ChatChoice } from "./openai_chat_choice.ts";
import { messageParts } from "./openai_chat_content.ts";
import { openaiError } from "./openai_error.ts";

export class ChatAnswer implements AnswerReader {
  readonly #choices = new Map<number, ChatChoice>();
  #parts: Part[] | null = null;
  /** Of an answer in one piece, one a choice. */
  #stopReasons: (string | null)[] = [];
  #id: string | null = null;
  #model: string | null = null;
  #usage: JsonObject | null = null;
  #timings: JsonObject | null = null;
  #error: CallError | null = null;
  #done = false;

  get finished(): boolean {
    return this.#done;
  }

  event(event: JsonObject): Progress {
    this.#common(event);
    const choices = objects(event.choices);
    // Nearly always one; an event like it is only read the short way while nothing else is said.
    if (choices.length === 1 && !this.#done) return this.#grow(choices[0]!);
    let text = "";
    let content = false;
    for (const choice of choices) {
      const added = this.#grow(choice);
      text += added.text;
      content ||= added.content;
    }
    return content ? { text, content } : NO_PROGRESS;
  }

  body(body: JsonObject): void {
    this.#common(body);
    this.#done = true;
    const choices = objects(body.choices);
    for (const choice of choices) this.#error = openaiError(choice.error) ?? this.#error;
    this.#parts = choices.flatMap((choice) => messageParts(object(choice.message) ?? {}));
    this.#stopReasons = choices.map((choice) => string(choice.finish_reason));
  }

  done(): void {
    this.#done = true;
  }

  answer(): Answer {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    const streamed = choices.map(({ stopReason }) => stopReason);
    const stopped = choices.length > 0 && streamed.every((reason) => reason !== null);
    return {
      id: this.#id,
      model: this.#model,
      parts: this.#parts ?? choices.flatMap((choice) => choice.parts()),
      stop_reason: stopReason(this.#parts ? this.#stopReasons : streamed),
      error: this.#error,
      usage: this.#usage ?? this.#timings,
      // Some services leave out `[DONE]`.
      finished: this.#done || stopped,
    };
  }

  #common(value: JsonObject): void {
    this.#id ??= string(value.id) || null;
    // Azure's first chunk has an empty model.
    this.#model ??= string(value.model) || null;
    const groq = object(value.x_groq);
    this.#usage = object(value.usage) ?? object(groq?.usage) ?? this.#usage;
    // llama.cpp counts even when nobody asked for usage.
    const timings = object(value.timings);
    if (timings) this.#timings = { timings };
    const error = openaiError(value.error) ?? openaiError(groq?.error) ??
      (value.object === "error" ? openaiError(value) : null);
    if (!error) return;
    this.#error = error;
    this.#done = true;
  }

  #grow(raw: JsonObject): Progress {
    const index = number(raw.index) ?? 0;
    let choice = this.#choices.get(index);
    if (!choice) this.#choices.set(index, choice = new ChatChoice());
    this.#error = openaiError(raw.error) ?? this.#error;
    return choice.grow(raw);
  }
}

/** GitHub Copilot gives the text as one choice and the tool calls as another. */
function stopReason(reasons: readonly (string | null)[]): string | null {
  return reasons.find((reason) => reason === "tool_calls") ?? reasons.find((reason) => reason !== null) ??
    null;
}
