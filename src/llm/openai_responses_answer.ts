/** OpenAI Responses: answers, whole or streamed. A finished item is taken whole, an unfinished one from its deltas. */
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { openaiError } from "./openai_error.ts";
import { itemParts } from "./openai_items.ts";

/** An output item in the making. */
interface Item {
  item: JsonObject;
  whole: boolean;
  text: string;
  refusal: string;
  input: string;
  reasoning: string;
}

/** What a delta event adds to. */
const GROWS: ReadonlyMap<string, "text" | "refusal" | "input" | "reasoning"> = new Map([
  ["response.output_text.delta", "text"],
  ["response.refusal.delta", "refusal"],
  ["response.function_call_arguments.delta", "input"],
  ["response.custom_tool_call_input.delta", "input"],
  ["response.mcp_call_arguments.delta", "input"],
  ["response.code_interpreter_call_code.delta", "input"],
  ["response.reasoning_summary_text.delta", "reasoning"],
  ["response.reasoning_text.delta", "reasoning"],
]);

/** A number and padding that every event has of its own. */
const MEANINGLESS = [["sequence_number"], ["obfuscation"]];

export class ResponsesAnswer implements AnswerReader {
  readonly #items = new Map<number, Item>();
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
    const type = string(event.type) ?? "";
    const grows = GROWS.get(type);
    if (grows) return this.#grow(event, grows);
    switch (type) {
      case "response.output_item.added":
      case "response.output_item.done":
        this.#item(event, type === "response.output_item.done");
        return NO_PROGRESS;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        this.body(object(event.response) ?? {});
        return NO_PROGRESS;
      case "error":
        this.#error = openaiError(event.error) ?? openaiError({ ...event, type: undefined });
        this.#finished = true;
        return NO_PROGRESS;
      default:
        this.#common(object(event.response) ?? {});
        return NO_PROGRESS;
    }
  }

  body(body: JsonObject): void {
    this.#finished = true;
    this.#common(body);
    this.#stopReason = string(object(body.incomplete_details)?.reason) ?? string(body.status);
    // The last event of a stream may leave the output out, and then the items are all there is.
    objects(body.output).forEach((item, index) =>
      this.#items.set(index, { ...nothing(), item, whole: true })
    );
  }

  done(): void {
    this.#finished = true;
  }

  answer(): Answer {
    const items = [...this.#items].sort(([a], [b]) => a - b).map(([, item]) => item);
    return {
      id: this.#id,
      model: this.#model,
      parts: items.flatMap((item) => itemParts(item.whole ? item.item : unfinished(item))),
      stop_reason: this.#stopReason,
      error: this.#error,
      usage: this.#usage,
      finished: this.#finished,
    };
  }

  #common(response: JsonObject): void {
    this.#id = string(response.id) ?? this.#id;
    this.#model = string(response.model) ?? this.#model;
    this.#usage = object(response.usage) ?? this.#usage;
    this.#error = openaiError(response.error) ?? this.#error;
  }

  #item(event: JsonObject, whole: boolean): void {
    const item = object(event.item);
    if (!item) return;
    const index = number(event.output_index) ?? this.#items.size;
    this.#items.set(index, { ...(this.#items.get(index) ?? nothing()), item, whole });
  }

  #grow(event: JsonObject, field: "text" | "refusal" | "input" | "reasoning"): Progress {
    const index = number(event.output_index) ?? 0;
    const delta = string(event.delta) ?? "";
    const visible = field === "text" || field === "refusal";
    const more = (text: string) => {
      let item = this.#items.get(index);
      if (!item) this.#items.set(index, item = nothing());
      if (!item.whole) item[field] += text;
      return visible ? text : "";
    };
    const text = more(delta);
    return { text, content: delta !== "", again: { path: ["delta"], ignored: MEANINGLESS, more } };
  }
}

function nothing(): Item {
  return { item: {}, whole: false, text: "", refusal: "", input: "", reasoning: "" };
}

function unfinished({ item, text, refusal, input, reasoning }: Item): JsonObject {
  const content: JsonObject[] = [];
  if (text !== "") content.push({ type: "output_text", text });
  if (refusal !== "") content.push({ type: "refusal", refusal });
  const summary = reasoning === "" ? [] : [{ text: reasoning }];
  if (item.type === "function_call") return { ...item, arguments: input };
  if (item.type === "mcp_call") return { ...item, arguments: input };
  if (item.type === "custom_tool_call") return { ...item, input };
  if (item.type === "code_interpreter_call") return { ...item, code: input };
  if (item.type === "reasoning" || (item.type === undefined && reasoning !== "")) {
    return { ...item, type: "reasoning", summary, content };
  }
  return item.type === undefined || item.type === "message" ? { ...item, content } : item;
}
