/** Gemini: answers. Each streamed event is a whole response, whose parts go on from those before. */
import type { Part } from "../event.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { PartialCall } from "./gemini_partial_call.ts";
import { geminiParts } from "./gemini_parts.ts";
import { googleError, list } from "./google_json.ts";
import { type JsonObject, merged, number, object, string } from "./json.ts";
import { otherPart } from "./media.ts";

/** One of the alternatives of an answer, in the making. */
interface Candidate {
  readonly parts: (Part | PartialCall)[];
  stopReason: string | null;
  /** What the service searched and found: grows, and comes again whole. */
  readonly grounding: JsonObject[];
}

export class GeminiAnswer implements AnswerReader {
  readonly #candidates = new Map<number, Candidate>();
  #id: string | null = null;
  #model: string | null = null;
  #blocked: CallError | null = null;
  #usage: JsonObject | null = null;
  #error: CallError | null = null;
  #done = false;

  /** No event says that it is the last one: counts may follow the reason to stop. */
  get finished(): boolean {
    return this.#done;
  }

  event(event: JsonObject): Progress {
    // As Code Assist wraps it.
    const value = object(event.response) ?? event;
    this.#common(value);
    let text = "";
    let content = false;
    for (const raw of list(value.candidates)) {
      const added = this.#grow(raw);
      text += added.text;
      content ||= added.content;
    }
    return content ? { text, content } : NO_PROGRESS;
  }

  body(body: JsonObject): void {
    this.event(body);
    this.#done = true;
  }

  done(): void {
    this.#done = true;
  }

  answer(): Answer {
    const candidates = [...this.#candidates].sort(([a], [b]) => a - b).map(([, candidate]) => candidate);
    const stopped = candidates.length > 0 && candidates.every(({ stopReason }) => stopReason !== null);
    return {
      id: this.#id,
      model: this.#model,
      parts: candidates.flatMap(assembled),
      stop_reason: candidates[0]?.stopReason ?? this.#blocked?.type ?? null,
      error: this.#error ?? this.#blocked,
      usage: this.#usage,
      finished: this.#done || stopped || this.#blocked !== null,
    };
  }

  #common(value: JsonObject): void {
    this.#id = string(value.responseId) ?? this.#id;
    this.#model = string(value.modelVersion) || this.#model;
    this.#usage = object(value.usageMetadata) ?? this.#usage;
    const feedback = object(value.promptFeedback);
    const reason = string(feedback?.blockReason);
    if (reason !== null) {
      this.#blocked = { type: reason, message: string(feedback?.blockReasonMessage) ?? "" };
    }
    this.#error = googleError(value.error) ?? this.#error;
    if (this.#error) this.#done = true;
  }

  #grow(raw: JsonObject): Progress {
    const index = number(raw.index) ?? 0;
    let candidate = this.#candidates.get(index);
    if (!candidate) {
      candidate = { parts: [], stopReason: null, grounding: [] };
      this.#candidates.set(index, candidate);
    }
    candidate.stopReason = string(raw.finishReason) ?? candidate.stopReason;
    const grounding = object(raw.groundingMetadata);
    if (grounding) candidate.grounding.push(grounding);
    let text = "";
    const parts = list(object(raw.content)?.parts);
    for (const raw of parts) {
      if (growsCall(candidate.parts, object(raw.functionCall))) continue;
      for (const part of geminiParts([raw])) {
        candidate.parts.push(part);
        if (part.type === "text") text += part.content;
      }
    }
    return { text, content: parts.length > 0 };
  }
}

/** Vertex AI can stream the arguments of a call in pieces. */
function growsCall(parts: Candidate["parts"], call: JsonObject | null): boolean {
  if (!call) return false;
  const last = parts.at(-1);
  if (last instanceof PartialCall && last.open) {
    last.add(call);
    return true;
  }
  if (call.willContinue !== true && !Array.isArray(call.partialArgs)) return false;
  const begun = new PartialCall();
  begun.add(call);
  parts.push(begun);
  return true;
}

function assembled({ parts, grounding }: Candidate): Part[] {
  const whole = joinTexts(parts.map((part) => part instanceof PartialCall ? part.part() : part));
  return grounding.length > 0 ? [...whole, otherPart("groundingMetadata", merged(grounding))] : whole;
}

/** Neighbouring pieces of text, or of thought up to one with a signature, are one. */
export function joinTexts(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.type === "text" && last?.type === "text") {
      out[out.length - 1] = { ...last, content: last.content + part.content };
    } else if (part.type === "reasoning" && last?.type === "reasoning" && !last.encrypted) {
      out[out.length - 1] = { ...part, content: last.content + part.content };
    } else out.push(part);
  }
  return out;
}
