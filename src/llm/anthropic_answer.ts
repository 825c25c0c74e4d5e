/** Anthropic Messages: answers, whole or streamed. */
import type { Part } from "../event.ts";
import { blockPart } from "./anthropic_blocks.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { type JsonObject, number, object, objects, string, toolInput } from "./json.ts";

/** What a delta may bring: one of these. */
const GROWING = ["text", "partial_json", "thinking"] as const;

/** A content block in the making. */
interface Block {
  readonly start: JsonObject;
  text: string;
  thinking: string;
  /** Fragments of the tool input's JSON; null when none came. */
  json: string | null;
}

export class AnthropicAnswer implements AnswerReader {
  readonly #blocks = new Map<number, Block>();
  #parts: Part[] | null = null;
  #id: string | null = null;
  #model: string | null = null;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #finished = false;

  get finished(): boolean {
    return this.#finished;
  }

  event(event: JsonObject): Progress {
    switch (event.type) {
      case "message_start":
        this.#message(object(event.message) ?? {});
        return NO_PROGRESS;
      case "content_block_start":
        return this.#start(event);
      case "content_block_delta":
        return this.#delta(event);
      case "message_delta":
        this.#stopReason = string(object(event.delta)?.stop_reason) ?? this.#stopReason;
        this.#count(event.usage);
        return NO_PROGRESS;
      case "message_stop":
        this.#finished = true;
        return NO_PROGRESS;
      case "error":
        this.body(event);
        return NO_PROGRESS;
      default:
        return NO_PROGRESS;
    }
  }

  body(body: JsonObject): void {
    this.#finished = true;
    const error = object(body.error);
    if (error) {
      this.#error = { type: string(error.type) ?? "error", message: string(error.message) ?? "" };
      return;
    }
    this.#message(body);
    this.#parts = objects(body.content).map(blockPart);
  }

  done(): void {
    this.#finished = true;
  }

  answer(): Answer {
    return {
      id: this.#id,
      model: this.#model,
      parts: this.#parts ?? [...this.#blocks].sort(([a], [b]) => a - b).map(([, block]) => assembled(block)),
      stop_reason: this.#stopReason,
      error: this.#error,
      usage: this.#usage,
      finished: this.#finished,
    };
  }

  #message(message: JsonObject): void {
    this.#id = string(message.id);
    this.#model = string(message.model);
    this.#stopReason = string(message.stop_reason);
    this.#count(message.usage);
  }

  /** Counts are cumulative: a later one replaces the earlier. */
  #count(usage: unknown): void {
    const counted = object(usage);
    if (counted) this.#usage = { ...this.#usage, ...counted };
  }

  #start(event: JsonObject): Progress {
    const start = object(event.content_block) ?? {};
    const text = string(start.text) ?? "";
    const thinking = string(start.thinking) ?? "";
    this.#blocks.set(number(event.index) ?? this.#blocks.size, { start, text, thinking, json: null });
    const visible = start.type === "text" ? text : "";
    return { text: visible, content: visible !== "" };
  }

  #delta(event: JsonObject): Progress {
    const delta = object(event.delta);
    const index = number(event.index) ?? -1;
    if (!delta || !this.#blocks.has(index)) return NO_PROGRESS;
    const field = GROWING.find((name) => string(delta[name]) !== null);
    if (!field) return { text: "", content: true };
    const more = (text: string) => this.#grow(index, { field, text });
    const text = more(string(delta[field])!);
    return { text, content: true, again: { path: ["delta", field], ignored: [], more } };
  }

  /** Gives back what is visible of it. */
  #grow(index: number, { field, text }: { field: typeof GROWING[number]; text: string }): string {
    const block = this.#blocks.get(index);
    if (!block) return "";
    if (field === "partial_json") block.json = (block.json ?? "") + text;
    else block[field] += text;
    return field === "text" ? text : "";
  }
}

function assembled({ start, text, thinking, json }: Block): Part {
  const input = json === null || json === "" ? start.input : toolInput(json);
  return blockPart({
    ...start,
    ...("text" in start ? { text } : {}),
    ...(start.type === "thinking" ? { thinking } : {}),
    ...(input === undefined ? {} : { input }),
  });
}
