/** Gemini's Interactions API: answers, whole or streamed as steps that grow. */
import type { Part } from "../event.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { stepParts } from "./gemini_steps.ts";
import { googleError } from "./google_json.ts";
import { type JsonObject, merged, number, object, objects, string, toolInput } from "./json.ts";

/** A step in the making. */
interface Step {
  readonly start: JsonObject;
  /** Of an output; or the summary of a thought. */
  readonly content: JsonObject[];
  /** Fragments of a call's arguments; null when none came. */
  json: string | null;
  signature: string;
  /** What came in one piece. */
  readonly rest: JsonObject[];
}

/** An interaction with this status goes on. */
const OPEN = /^(?:in_progress|queued)$/;

export class InteractionAnswer implements AnswerReader {
  readonly #steps = new Map<number, Step>();
  #whole: readonly JsonObject[] = [];
  #id: string | null = null;
  #model: string | null = null;
  #status: string | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #finished = false;

  get finished(): boolean {
    return this.#finished;
  }

  event(event: JsonObject): Progress {
    switch (event.event_type) {
      case "step.start":
        return this.#start(event);
      case "step.delta":
        return this.#delta(event);
      case "step.stop":
        return NO_PROGRESS;
      case "interaction.status_update":
        this.#status = string(event.status) ?? this.#status;
        this.#usage = object(event.usage) ?? this.#usage;
        return NO_PROGRESS;
      default:
        this.#lifecycle(event);
        return NO_PROGRESS;
    }
  }

  body(body: JsonObject): void {
    this.#finished = true;
    this.#interaction(body);
    this.#error = googleError(body.error) ?? this.#error;
  }

  done(): void {
    this.#finished = true;
  }

  answer(): Answer {
    const streamed = [...this.#steps].sort(([a], [b]) => a - b).map(([, step]) => assembled(step));
    const steps = streamed.length > 0 ? streamed : this.#whole;
    const failed = steps.map(({ error }) => googleError(error)).find((error) => error !== null);
    return {
      id: this.#id,
      model: this.#model,
      parts: steps.filter(said).flatMap(stepParts).filter(notEmpty),
      stop_reason: this.#status,
      error: this.#error ?? failed ?? null,
      usage: this.#usage,
      finished: this.#finished,
    };
  }

  /** `interaction.created`, `interaction.completed`, `error`; one of a kind to come would name its interaction too. */
  #lifecycle(event: JsonObject): void {
    const interaction = object(event.interaction);
    if (interaction) this.#interaction(interaction);
    this.#error = googleError(event.error) ?? this.#error;
    const ended = interaction !== null && this.#status !== null && !OPEN.test(this.#status);
    this.#finished = ended || this.#error !== null;
  }

  #interaction(interaction: JsonObject): void {
    this.#id = string(interaction.id) || this.#id;
    this.#model = string(interaction.model) ?? string(interaction.agent) ?? this.#model;
    this.#status = string(interaction.status) ?? this.#status;
    this.#usage = object(interaction.usage) ?? this.#usage;
    this.#error = objects(interaction.errors).map(googleError)[0] ?? this.#error;
    this.#whole = objects(interaction.steps ?? interaction.outputs);
  }

  #start(event: JsonObject): Progress {
    const start = object(event.step) ?? {};
    const content = objects(start.type === "thought" ? start.summary : start.content);
    const step = { start, content: content.map(own), json: null, signature: "", rest: [] };
    this.#steps.set(number(event.index) ?? this.#steps.size, step);
    if (start.type !== "model_output") return NO_PROGRESS;
    const text = content.map(({ text }) => string(text) ?? "").join("");
    return { text, content: content.length > 0 };
  }

  #delta(event: JsonObject): Progress {
    const delta = object(event.delta);
    const index = number(event.index) ?? -1;
    const step = this.#steps.get(index);
    if (!delta || !step) return NO_PROGRESS;
    switch (delta.type) {
      case "text": {
        const text = string(delta.text) ?? "";
        addText(step.content, text);
        return { text, content: true, again: this.#again(index) };
      }
      case "arguments_delta":
        step.json = (step.json ?? "") + (string(delta.arguments) ?? "");
        break;
      case "thought_summary":
        addText(step.content, string(object(delta.content)?.text) ?? "");
        break;
      case "thought_signature":
        step.signature += string(delta.signature) ?? "";
        break;
      case "text_annotation_delta":
        annotate(step.content, objects(delta.annotations));
        break;
      case "image":
      case "audio":
      case "video":
      case "document":
        step.content.push(delta);
        break;
      default:
        step.rest.push(delta);
    }
    return { text: "", content: true };
  }

  #again(index: number): NonNullable<Progress["again"]> {
    const more = (text: string) => {
      const step = this.#steps.get(index);
      if (step) addText(step.content, text);
      return text;
    };
    return { path: ["delta", "text"], ignored: [["event_id"]], more };
  }
}

/** Neighbouring pieces of text are one. */
function addText(content: JsonObject[], text: string): void {
  const last = content.at(-1);
  if (last?.type !== "text") content.push({ type: "text", text, annotations: [] });
  else content[content.length - 1] = { ...last, text: (string(last.text) ?? "") + text };
}

function annotate(content: readonly JsonObject[], annotations: readonly JsonObject[]): void {
  const last = content.at(-1);
  if (last?.type !== "text") return;
  for (const one of annotations) (last.annotations as JsonObject[]).push(one);
}

/** A text with annotations that can grow. */
function own(content: JsonObject): JsonObject {
  return content.type === "text" ? { ...content, annotations: objects(content.annotations) } : content;
}

/** As the step of a whole answer. */
function assembled({ start, content, json, signature, rest }: Step): JsonObject {
  return {
    ...start,
    ...merged(rest),
    type: start.type,
    ...(start.type === "thought" ? { summary: content } : { content }),
    ...(json === null || json === "" ? {} : { arguments: toolInput(json) }),
    ...(signature === "" ? {} : { signature }),
  };
}

/** What the client sent may stand among the steps. */
function said({ type }: JsonObject): boolean {
  return type !== "user_input" && type !== "function_result";
}

function notEmpty(part: Part): boolean {
  return !(part.type === "text" && part.content === "");
}
