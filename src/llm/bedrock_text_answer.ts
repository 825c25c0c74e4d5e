/** Answers of models on Bedrock that are text under one name or another, and of those that nobody knows. */
import type { Part } from "../event.ts";
import type { Answer, AnswerReader, Progress } from "./api.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { otherPart, reference } from "./media.ts";

/** Longer values are vectors and images: only their size and hash are kept. */
const MAX_RAW = 4_096;

export class TextAnswer implements AnswerReader {
  #text = "";
  readonly #calls: Part[] = [];
  readonly #raw: Part[] = [];
  #id: string | null = null;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  #finished = false;

  get finished(): boolean {
    return this.#finished;
  }

  event(event: JsonObject): Progress {
    const text = textsIn(event).join("");
    const calls = objects(event.tool_calls).map(toolCall);
    this.#text += text;
    for (const call of calls) this.#calls.push(call);
    this.#id = string(event.generation_id) ?? string(event.response_id) ?? this.#id;
    const stops = placesOf(event).map(stopOf).filter((stop) => stop !== null);
    this.#stopReason = stops.at(-1) ?? this.#stopReason;
    const counts = Object.entries(event).filter(([name, value]) => COUNT.test(name) && value !== null);
    if (counts.length > 0) this.#usage = { ...this.#usage, ...Object.fromEntries(counts) };
    if (!isText(event)) this.#raw.push(rawPart(event));
    return { text, content: text !== "" || calls.length > 0 };
  }

  body(body: JsonObject): void {
    this.event(body);
    this.#finished = true;
  }

  done(): void {
    this.#finished = true;
  }

  answer(): Answer {
    const text: Part[] = this.#text === "" ? [] : [{ type: "text", content: this.#text }];
    return {
      id: this.#id,
      model: null,
      parts: [...text, ...this.#calls, ...this.#raw],
      stop_reason: this.#stopReason,
      error: null,
      usage: this.#usage,
      finished: this.#finished || this.#stopReason !== null,
    };
  }
}

/** Llama's; Titan's. */
const COUNT = /^(?:prompt_token_count|generation_token_count|inputTextTokenCount|totalOutputTextTokenCount)$/;

/** Whether the value has a place where some maker puts text, or ends such an answer. */
export function isText(value: JsonObject): boolean {
  const known = placesOf(value).some((place) => textOf(place) !== null || stopOf(place) !== null);
  return known || "event_type" in value || Array.isArray(value.tool_calls);
}

/** A value as it was sent. */
export function rawPart(value: JsonObject): Part {
  const text = JSON.stringify(value);
  if (text.length <= MAX_RAW) return otherPart("json", value);
  return { type: "blob", modality: "document", mime_type: "application/json", ...reference(text) };
}

/** Llama: itself; Mistral: outputs; Cohere: itself or generations; Titan: itself or results; AI21: completions. */
function placesOf(value: JsonObject): JsonObject[] {
  const lists = [value.outputs, value.generations, value.results, value.choices, value.completions];
  return [value, ...lists.flatMap(objects).map((item) => ({ ...item, ...object(item.data) }))];
}

function textOf(place: JsonObject): string | null {
  return string(place.generation) ?? string(place.outputText) ?? string(place.completion) ??
    string(place.text);
}

function textsIn(value: JsonObject): string[] {
  return placesOf(value).map(textOf).filter((text) => text !== null);
}

function stopOf(place: JsonObject): string | null {
  return string(place.stop_reason) ?? string(place.finish_reason) ?? string(place.completionReason) ??
    string(object(place.finishReason)?.reason);
}

function toolCall(raw: JsonObject): Part {
  return { type: "tool_call", id: null, name: string(raw.name) ?? "", arguments: raw.parameters ?? {} };
}
