/** Amazon Bedrock's InvokeModel: answers, each in the format of its model's maker, told by its first piece. */
import { Buffer } from "node:buffer";
import type { Headers } from "../protocol/exchange.ts";
import { anthropic } from "./anthropic.ts";
import { type Answer, type AnswerReader, type CallError, NO_PROGRESS, type Progress } from "./api.ts";
import { ConverseAnswer } from "./bedrock_converse_answer.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bodyError, streamedException, withHead } from "./bedrock_error.ts";
import { isText, TextAnswer } from "./bedrock_text_answer.ts";
import { type JsonObject, object, objects, parseJson, string } from "./json.ts";
import { ChatAnswer } from "./openai_chat_answer.ts";

/** Counts that answers of all makers get in their last piece, or in their head. */
const METRICS = "amazon-bedrock-invocationMetrics";
const COUNTS: readonly (readonly [header: string, metric: string])[] = [
  ["x-amzn-bedrock-input-token-count", "inputTokenCount"],
  ["x-amzn-bedrock-output-token-count", "outputTokenCount"],
  ["x-amzn-bedrock-cache-read-input-token-count", "cacheReadInputTokenCount"],
  ["x-amzn-bedrock-cache-write-input-token-count", "cacheWriteInputTokenCount"],
];

export class BedrockInvokeAnswer implements AnswerReader {
  #inner: AnswerReader | null = null;
  #metrics: JsonObject | null = null;
  #intervened = false;
  #error: CallError | null = null;
  #finished = false;

  get finished(): boolean {
    return this.#finished || (this.#inner?.finished ?? false);
  }

  event(event: JsonObject): Progress {
    const error = streamedException(event);
    if (error) {
      this.#error = error;
      this.#finished = true;
      return NO_PROGRESS;
    }
    // Gateways send the pieces as they are.
    const native = ":event-type" in event ? unpacked(event.payload) : event;
    if (!native) return NO_PROGRESS;
    this.#common(native);
    const progress = this.#readerOf(native).event(native);
    if (this.#metrics) this.#finished = true;
    return progress;
  }

  body(body: JsonObject): void {
    this.#finished = true;
    this.#common(body);
    this.#error = isNative(body) ? null : bodyError(body);
    if (!this.#error) this.#readerOf(body).body(body);
  }

  done(): void {
    this.#finished = true;
  }

  head(headers: Headers): void {
    if (this.#error) this.#error = withHead(this.#error, headers);
    const counts = COUNTS.flatMap(([header, metric]) => {
      const value = headers.get(header) ?? "";
      return /^\d{1,15}$/.test(value) ? [[metric, Number(value)]] : [];
    });
    if (counts.length > 0) this.#metrics ??= Object.fromEntries(counts);
  }

  answer(): Answer {
    const inner = this.#inner?.answer();
    return {
      id: inner?.id ?? null,
      model: inner?.model ?? null,
      parts: inner?.parts ?? [],
      stop_reason: this.#intervened ? "guardrail_intervened" : inner?.stop_reason ?? null,
      error: this.#error ?? inner?.error ?? null,
      usage: this.#usage(inner?.usage ?? null),
      finished: this.#finished || (inner?.finished ?? false),
    };
  }

  /** Texts have counts of their own only in part. */
  #usage(own: JsonObject | null): JsonObject | null {
    return this.#inner instanceof TextAnswer && this.#metrics
      ? { ...own, ...this.#metrics }
      : own ?? this.#metrics;
  }

  #common(native: JsonObject): void {
    this.#metrics = object(native[METRICS]) ?? this.#metrics;
    if (native["amazon-bedrock-guardrailAction"] === "INTERVENED") this.#intervened = true;
  }

  #readerOf(native: JsonObject): AnswerReader {
    return this.#inner ??= readerFor(native);
  }
}

function unpacked(payload: unknown): JsonObject | null {
  const bytes = string(object(payload)?.bytes);
  return bytes === null ? null : object(parseJson(Buffer.from(bytes, "base64").toString("utf8")));
}

function readerFor(native: JsonObject): AnswerReader {
  if (anthropic.answers(native)) return anthropic.reader();
  if (bedrockConverse.answers(native)) return new ConverseAnswer();
  return isChat(native) ? new ChatAnswer() : new TextAnswer();
}

/** Completions have choices too, with a text. */
function isChat(native: JsonObject): boolean {
  if (native.object === "chat.completion" || native.object === "chat.completion.chunk") return true;
  return objects(native.choices).some(({ message, delta }) => object(message) ?? object(delta));
}

function isNative(body: JsonObject): boolean {
  return anthropic.answers(body) || bedrockConverse.answers(body) || isChat(body) || isText(body);
}
