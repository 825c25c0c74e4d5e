/** Anthropic Messages: answers, whole or streamed. */
import type { Part } from "../event.ts";
import { blockPart } from "./anthropic_blocks.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { type JsonObject, merged, number, object, objects, string, toolInput } from "./json.ts";

type Growing = "text" | "partial_json" | "thinking";

/** The string of each kind of delta, and what a block must have been whose start is missing from the capture. */
const GROWS: ReadonlyMap<string, { readonly field: Growing; readonly lost: JsonObject | null }> = new Map([
  ["text_delta", { field: "text", lost: { type: "text" } }],
  ["thinking_delta", { field: "thinking", lost: { type: "thinking" } }],
  ["input_json_delta", { field: "partial_json", lost: null }],
]);

/** A content block in the making. */
interface Block {
  readonly start: JsonObject;
  text: string;
  thinking: string;
  signature: string | null;
  /** Fragments of the tool input's JSON; null when none came. */
  json: string | null;
  readonly citations: JsonObject[];
}

export class AnthropicAnswer implements AnswerReader {
  readonly #blocks = new Map<number, Block>();
  #parts: Part[] | null = null;
  #id: string | null = null;
  #model: string | null = null;
  #stopReason: string | null = null;
  readonly #usage: JsonObject[] = [];
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
        // Vertex AI's own errors have no type, and come as an array.
        if (object(event.error)) this.body(event);
        return NO_PROGRESS;
    }
  }

  body(body: JsonObject): void {
    this.#finished = true;
    const error = object(body.error);
    if (error) {
      const type = string(error.type) ?? string(error.status) ?? "error";
      this.#error = { type, message: string(error.message) ?? "" };
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
      usage: this.#usage.length === 0 ? null : merged(this.#usage),
      finished: this.#finished,
    };
  }

  #message(message: JsonObject): void {
    this.#id = string(message.id);
    this.#model = string(message.model);
    this.#stopReason = string(message.stop_reason);
    this.#count(message.usage);
  }

  /** Counts are cumulative: a later one replaces the earlier, and null says nothing. */
  #count(usage: unknown): void {
    const counted = object(usage);
    if (!counted) return;
    const told = Object.entries(counted).filter(([, count]) => count !== null);
    this.#usage.push(this.#usage.length === 0 ? counted : Object.fromEntries(told));
  }

  #start(event: JsonObject): Progress {
    const start = object(event.content_block) ?? {};
    const { text } = this.#open(number(event.index) ?? this.#blocks.size, start);
    const visible = start.type === "text" ? text : "";
    return { text: visible, content: visible !== "" };
  }

  #open(index: number, start: JsonObject): Block {
    const block: Block = {
      start,
      text: string(start.text) ?? "",
      thinking: string(start.thinking) ?? "",
      signature: string(start.signature),
      json: null,
      citations: objects(start.citations),
    };
    this.#blocks.set(index, block);
    return block;
  }

  #delta(event: JsonObject): Progress {
    const delta = object(event.delta);
    const grows = GROWS.get(string(delta?.type) ?? "");
    const index = number(event.index) ?? -1;
    if (!delta) return NO_PROGRESS;
    if (!grows) return this.#adorn(index, delta);
    const { field, lost } = grows;
    if (!this.#blocks.has(index)) {
      if (!lost) return NO_PROGRESS;
      this.#open(index, lost);
    }
    const more = (text: string) => this.#grow(index, { field, text });
    const text = more(string(delta[field]) ?? "");
    return { text, content: true, again: { path: ["delta", field], ignored: [], more } };
  }

  /** Gives back what is visible of it. */
  #grow(index: number, { field, text }: { field: Growing; text: string }): string {
    const block = this.#blocks.get(index);
    if (!block) return "";
    if (field === "partial_json") block.json = (block.json ?? "") + text;
    else block[field] += text;
    return field === "text" ? text : "";
  }

  /** What comes whole, beside the text. */
  #adorn(index: number, delta: JsonObject): Progress {
    const block = this.#blocks.get(index);
    if (!block) return NO_PROGRESS;
    if (delta.type === "signature_delta") block.signature = string(delta.signature);
    else if (delta.type === "citations_delta") block.citations.push(object(delta.citation) ?? {});
    else if (delta.type === "compaction_delta") block.text += string(delta.content) ?? "";
    return { text: "", content: true };
  }
}

function assembled({ start, text, thinking, signature, json, citations }: Block): Part {
  const input = json === null || json === "" ? start.input : toolInput(json);
  return blockPart({
    ...start,
    ...(start.type === "text" ? { text, citations } : {}),
    ...(start.type === "thinking" ? { thinking, signature } : {}),
    ...(start.type === "compaction" && text !== "" ? { content: text } : {}),
    ...(input === undefined ? {} : { input }),
  });
}
