/** The body of an answer: decoded, and read as events or as one JSON value, whichever it turns out to be. */
import { ByteBuffer, type MemoryBudget } from "../protocol/byte_buffer.ts";
import { contentDecoder, type Decoder } from "../protocol/content_coding.ts";
import type { Headers } from "../protocol/exchange.ts";
import type { LossCounter } from "../protocol/losses.ts";
import { SseDecoder } from "../protocol/sse/decoder.ts";
import type { Repeat } from "../protocol/sse/template.ts";
import { type JsonObject, object, parseJson } from "./json.ts";

export interface AnswerBodyOptions {
  readonly limit: number;
  readonly budget: MemoryBudget;
  readonly losses: LossCounter;
  /** What it gives back may tell the events that follow. */
  readonly event: (event: JsonObject) => Repeat | null;
  /** The stream's own end mark. */
  readonly done: () => void;
}

export class AnswerBody {
  readonly #options: AnswerBodyOptions;
  readonly #decoder: Decoder;
  /** Null until the first byte when the headers do not tell. */
  #events: SseDecoder | null = null;
  readonly #text: ByteBuffer;
  #first = true;
  /** Bytes of events that live on in the assembled answer. */
  #streamed = 0;
  #cut = false;
  #gap = false;

  constructor(headers: Headers, options: AnswerBodyOptions) {
    this.#options = options;
    const { limit, budget } = options;
    this.#text = new ByteBuffer(limit, budget);
    const sink = {
      data: (bytes: Uint8Array) => this.#data(bytes),
      gap: () => {
        this.#gap = true;
        this.#events?.gap();
      },
      cut: (reason: string) => this.#cutOff(reason),
    };
    this.#decoder = contentDecoder(headers.get("content-encoding") ?? null, { sink, limit, budget });
    if (/^text\/event-stream/i.test(headers.get("content-type") ?? "")) this.#events = this.#reader();
  }

  get streaming(): boolean {
    return this.#events !== null;
  }

  /** Some of the body could not be decoded or was too long. */
  get cut(): boolean {
    return this.#cut;
  }

  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  gap(): void {
    this.#decoder.gap();
  }

  /**
   * What is not a stream, as text; "" with a gap, because what is left could read as something else. The last event of a
   * stream that was cut off is a half one: not read, and nothing that was lost on our way.
   */
  end({ complete }: { readonly complete: boolean }): string {
    this.#decoder.end();
    if (complete) this.#events?.end();
    const text = this.#gap ? "" : new TextDecoder().decode(this.#text.view());
    this.release();
    return text;
  }

  /** Gives its memory back; nothing may follow. */
  release(): void {
    this.#events?.release();
    this.#text.release();
    this.#options.budget.give(this.#streamed);
    this.#streamed = 0;
  }

  #data(bytes: Uint8Array): void {
    if (this.#first && bytes.length > 0) {
      this.#first = false;
      // Gateways forget the type: JSON does not start with `event:`, `data:` or a comment.
      if (!this.#events && !this.#gap && /^[ed:]/.test(String.fromCharCode(bytes[0]!))) {
        this.#events = this.#reader();
      }
    }
    if (this.#cut) return;
    if (!this.#events) {
      if (this.#text.append(bytes) > 0) this.#cutOff("too-large");
      return;
    }
    const granted = this.#options.budget.take(bytes.length);
    this.#streamed += granted;
    if (granted < bytes.length) this.#cutOff("too-large");
    else this.#events.push(bytes);
  }

  #cutOff(reason: string): void {
    this.#cut = true;
    this.#options.losses.event("body", reason);
  }

  #reader(): SseDecoder {
    const { event, done, losses, limit, budget } = this.#options;
    const onData = (data: string) => {
      if (data === "[DONE]") {
        done();
        return null;
      }
      const value = object(parseJson(data));
      if (value) return event(value);
      losses.event("sse", "unreadable");
      return null;
    };
    return new SseDecoder({ onData, limit, budget, onTooLong: () => this.#cutOff("too-large") });
  }
}
