/** OpenAI Chat Completions: answers, whole or streamed. */
import type { Part } from "../event.ts";
import {
  type Again,
  type Answer,
  type AnswerReader,
  type CallError,
  NO_PROGRESS,
  type Progress,
} from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { chatContent, messageParts } from "./openai_chat_content.ts";
import { openaiError } from "./openai_error.ts";

interface ToolCall {
  id: string | null;
  name: string;
  input: string;
  custom: boolean;
}

/** One of the alternatives of an answer, in the making. */
interface Choice {
  content: string;
  reasoning: string;
  refusal: string;
  readonly tools: Map<number, ToolCall>;
  stopReason: string | null;
}

/** Padding, and a time that some services set for each chunk. */
const MEANINGLESS = [["obfuscation"], ["created"]];

export class ChatAnswer implements AnswerReader {
  readonly #choices = new Map<number, Choice>();
  #parts: Part[] | null = null;
  #id: string | null = null;
  #model: string | null = null;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #done = false;

  get finished(): boolean {
    return this.#done;
  }

  event(event: JsonObject): Progress {
    this.#common(event);
    if (this.#error) this.#done = true;
    let text = "";
    let content = false;
    const choices = objects(event.choices);
    for (const raw of choices) {
      const choice = this.#choice(number(raw.index) ?? 0);
      const delta = object(raw.delta) ?? object(raw.message);
      choice.stopReason = string(raw.finish_reason) ?? choice.stopReason;
      if (!delta) continue;
      const added = grow(choice, delta);
      text += added.text;
      content ||= added.content;
    }
    if (!content) return NO_PROGRESS;
    const again = choices.length === 1 && !this.#done ? this.#again(choices[0]!) : null;
    return again ? { text, content, again } : { text, content };
  }

  /** For a chunk that brings visible text and nothing else. */
  #again(raw: JsonObject): Again | null {
    const { content, ...rest } = object(raw.delta) ?? {};
    const bare = Object.entries(rest).every(([name, value]) => name === "role" || value === null);
    if (typeof content !== "string" || !bare) return null;
    const index = number(raw.index) ?? 0;
    const more = (text: string) => {
      this.#choice(index).content += text;
      return text;
    };
    return { path: ["choices", 0, "delta", "content"], ignored: MEANINGLESS, more };
  }

  body(body: JsonObject): void {
    this.#done = true;
    this.#common(body);
    const choices = objects(body.choices);
    this.#parts = choices.flatMap((choice) => messageParts(object(choice.message) ?? {}));
    this.#stopReason = string(choices[0]?.finish_reason);
  }

  done(): void {
    this.#done = true;
  }

  answer(): Answer {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    const stopped = choices.length > 0 && choices.every(({ stopReason }) => stopReason !== null);
    return {
      id: this.#id,
      model: this.#model,
      parts: this.#parts ?? choices.flatMap(assembled),
      stop_reason: this.#stopReason ?? choices[0]?.stopReason ?? null,
      error: this.#error,
      usage: this.#usage,
      // Some services leave out `[DONE]`.
      finished: this.#done || stopped,
    };
  }

  #common(value: JsonObject): void {
    this.#id = string(value.id) ?? this.#id;
    // Azure's first chunk has an empty model.
    this.#model = string(value.model) || this.#model;
    this.#usage = object(value.usage) ?? this.#usage;
    this.#error = openaiError(value.error) ?? this.#error;
  }

  #choice(index: number): Choice {
    let choice = this.#choices.get(index);
    if (!choice) {
      choice = { content: "", reasoning: "", refusal: "", tools: new Map(), stopReason: null };
      this.#choices.set(index, choice);
    }
    return choice;
  }
}

function grow(choice: Choice, delta: JsonObject): Progress {
  let text = string(delta.content) ?? "";
  let reasoning = string(delta.reasoning_content) ?? string(delta.reasoning) ?? "";
  if (Array.isArray(delta.content)) {
    for (const part of chatContent(delta.content)) {
      if (part.type === "text") text += part.content;
      else if (part.type === "reasoning") reasoning += part.content;
    }
  }
  const refusal = string(delta.refusal) ?? "";
  choice.content += text;
  choice.reasoning += reasoning;
  choice.refusal += refusal;
  const calls = objects(delta.tool_calls);
  for (const call of calls) growTool(choice.tools, call);
  const legacy = object(delta.function_call);
  if (legacy) growTool(choice.tools, { index: 0, function: legacy });
  const content = calls.length > 0 || legacy !== null || reasoning !== "";
  return { text: text + refusal, content: content || text !== "" || refusal !== "" };
}

/** Fragments belong together by index; only the first one has the id and the name. */
function growTool(tools: Map<number, ToolCall>, raw: JsonObject): void {
  const index = number(raw.index) ?? tools.size;
  let tool = tools.get(index);
  if (!tool) tools.set(index, tool = { id: null, name: "", input: "", custom: false });
  const custom = object(raw.custom);
  const called = custom ?? object(raw.function) ?? {};
  tool.custom ||= custom !== null;
  tool.id ||= string(raw.id);
  tool.name ||= string(called.name) ?? "";
  const input = custom ? custom.input : called.arguments;
  tool.input += string(input) ?? (object(input) ? JSON.stringify(input) : "");
}

function assembled(choice: Choice): Part[] {
  const calls = [...choice.tools].sort(([a], [b]) => a - b).map(([, { id, name, input, custom }]) =>
    custom ? { id, custom: { name, input } } : { id, function: { name, arguments: input } }
  );
  return messageParts({ ...choice, reasoning_content: choice.reasoning, tool_calls: calls });
}
