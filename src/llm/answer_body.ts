/** The body of an answer: decoded, and read as events or as one JSON value, whichever it turns out to be. */
import { ByteBuffer, type MemoryBudget } from "../protocol/byte_buffer.ts";
import { contentDecoder, type Decoder } from "../protocol/content_coding.ts";
import type { Headers } from "../protocol/exchange.ts";
import type { LossCounter } from "../protocol/losses.ts";
import { SseDecoder } from "../protocol/sse.ts";
import { type JsonObject, object, parseJson } from "./json.ts";

export interface AnswerBodyOptions {
  readonly limit: number;
  readonly budget: MemoryBudget;
  readonly losses: LossCounter;
  readonly event: (event: JsonObject) => void;
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
    const { limit, budget, losses } = options;
    this.#text = new ByteBuffer(limit, budget);
    const sink = {
      data: (bytes: Uint8Array) => this.#data(bytes),
      gap: () => {
        this.#gap = true;
        this.#events?.gap();
      },
      cut: (reason: string) => {
        this.#cut = true;
        losses.event("body", reason);
      },
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
    this.#text.release();
    this.#options.budget.give(this.#streamed);
    this.#streamed = 0;
    return text;
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
    if (this.#events) {
      const granted = this.#options.budget.take(bytes.length);
      this.#streamed += granted;
      this.#cut = granted < bytes.length;
      if (!this.#cut) this.#events.push(bytes);
    } else {
      this.#cut = this.#text.append(bytes) > 0;
    }
    if (this.#cut) this.#options.losses.event("body", "too-large");
  }

  #reader(): SseDecoder {
    const { event, done, losses } = this.#options;
    return new SseDecoder((data) => {
      if (data === "[DONE]") return done();
      const value = object(parseJson(data));
      if (value) event(value);
      else losses.event("sse", "unreadable");
    });
  }
}
