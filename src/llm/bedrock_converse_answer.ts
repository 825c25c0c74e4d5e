/** Amazon Bedrock's Converse: answers, whole or streamed. */
import type { Part } from "../event.ts";
import type { Headers } from "../protocol/exchange.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { converseBlocks } from "./bedrock_blocks.ts";
import { bodyError, streamedException, withHead } from "./bedrock_error.ts";
import { type JsonObject, merged, number, object, objects, string, toolInput } from "./json.ts";

const EVENTS = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
] as const;

/** A content block in the making. */
interface Block {
  /** What began it: a tool use or result; text and reasoning begin with their first piece. */
  readonly start: JsonObject;
  text: string;
  /** Fragments of a tool's input. */
  json: string;
  reasoning: string;
  /** A signature, or reasoning that only the provider can read. */
  signature: string | null;
  redacted: string | null;
  readonly citations: JsonObject[];
  /** Content of a tool result, images. */
  readonly content: JsonObject[];
}

/** A message of an event stream, or an event named by its one key, as Nova's own format has it. */
export function isConverseEvent(value: JsonObject): boolean {
  const type = value[":event-type"];
  return EVENTS.some((name) => type === name || object(value[name]) !== null);
}

export class ConverseAnswer implements AnswerReader {
  readonly #blocks = new Map<number, Block>();
  #parts: Part[] | null = null;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #finished = false;

  get finished(): boolean {
    return this.#finished;
  }

  event(event: JsonObject): Progress {
    const error = streamedException(event);
    if (error) {
      this.#error = error;
      this.#finished = true;
      return NO_PROGRESS;
    }
    const type = string(event[":event-type"]);
    const name = EVENTS.find((name) => type === null ? object(event[name]) !== null : type === name);
    if (name === undefined) return NO_PROGRESS;
    return this.#take(name, (type === null ? object(event[name]) : object(event.payload)) ?? {});
  }

  body(body: JsonObject): void {
    this.#finished = true;
    const output = object(body.output);
    if (!output) {
      this.#error = bodyError(body);
      return;
    }
    this.#parts = converseBlocks(object(output.message)?.content);
    this.#stopReason = string(body.stopReason);
    this.#usage = object(body.usage);
  }

  done(): void {
    this.#finished = true;
  }

  head(headers: Headers): void {
    if (this.#error) this.#error = withHead(this.#error, headers);
  }

  answer(): Answer {
    const blocks = [...this.#blocks].sort(([a], [b]) => a - b).map(([, block]) => block);
    return {
      id: null,
      model: null,
      parts: this.#parts ?? blocks.flatMap((block) => converseBlocks([assembled(block)])),
      stop_reason: this.#stopReason,
      error: this.#error,
      usage: this.#usage,
      finished: this.#finished || this.#stopReason !== null,
    };
  }

  #take(name: typeof EVENTS[number], payload: JsonObject): Progress {
    switch (name) {
      case "contentBlockStart":
        this.#blocks.set(indexOf(payload), begun(object(payload.start) ?? {}));
        return NO_PROGRESS;
      case "contentBlockDelta":
        return this.#delta(payload);
      case "messageStop":
        this.#stopReason = string(payload.stopReason);
        return NO_PROGRESS;
      case "metadata":
        this.#usage = object(payload.usage) ?? this.#usage;
        this.#finished = true;
        return NO_PROGRESS;
      default:
        return NO_PROGRESS;
    }
  }

  #delta(payload: JsonObject): Progress {
    const delta = object(payload.delta);
    if (!delta) return NO_PROGRESS;
    const index = indexOf(payload);
    let block = this.#blocks.get(index);
    if (!block) this.#blocks.set(index, block = begun({}));
    const text = string(delta.text) ?? "";
    block.text += text;
    // Nova's own format sends an input in one piece, as an object or as text.
    const input = object(delta.toolUse)?.input;
    block.json += string(input) ?? (object(input) ? JSON.stringify(input) : "");
    const thought = object(delta.reasoningContent);
    block.reasoning += string(thought?.text) ?? string(object(thought?.reasoningText)?.text) ?? "";
    block.signature = string(thought?.signature) ?? block.signature;
    const redacted = string(thought?.redactedContent);
    if (redacted !== null) block.redacted = (block.redacted ?? "") + redacted;
    const citation = object(delta.citation);
    if (citation) block.citations.push(citation);
    for (const piece of objects(delta.toolResult)) block.content.push(piece);
    const image = object(delta.image);
    if (image) block.content.push(image);
    return { text, content: true };
  }
}

function indexOf(payload: JsonObject): number {
  return number(payload.contentBlockIndex) ?? 0;
}

function begun(start: JsonObject): Block {
  return {
    start,
    text: "",
    json: "",
    reasoning: "",
    signature: null,
    redacted: null,
    citations: [],
    content: [],
  };
}

/** As the block of a whole answer. */
function assembled(block: Block): JsonObject {
  const { start, text, json, reasoning, signature, redacted, citations, content } = block;
  const use = object(start.toolUse);
  if (use) return { toolUse: { ...use, input: json === "" ? use.input ?? {} : toolInput(json) } };
  const result = object(start.toolResult);
  if (result) return { toolResult: { ...result, content } };
  const image = object(start.image);
  if (image) return { image: merged([image, ...content]) };
  if (redacted !== null) return { reasoningContent: { redactedContent: redacted } };
  if (reasoning !== "" || signature !== null) {
    return { reasoningContent: { reasoningText: { text: reasoning, signature } } };
  }
  return citations.length > 0 ? { citationsContent: { content: [{ text }], citations } } : { text };
}
