/** The body of an answer: decoded, and read as events or as one JSON value, whichever it turns out to be. */
import { ByteBuffer } from "../protocol/byte_buffer.ts";
import type { LostReason, MessageReader } from "../protocol/body/message_sink.ts";
import { contentDecoder } from "../protocol/coding/content_decoder.ts";
import type { Decoder } from "../protocol/coding/decoder.ts";
import type { Headers } from "../protocol/exchange.ts";
import type { LossCounter } from "../protocol/losses.ts";
import { hasTooMany, MOST_UNREADABLE } from "./json.ts";
import {
  type EventFormat,
  type EventOptions,
  eventReader,
  formatByStart,
  formatByType,
} from "./answer_events.ts";

export interface AnswerBodyOptions extends Omit<EventOptions, "lost"> {
  readonly losses: LossCounter;
}

export class AnswerBody {
  readonly #headers: Headers;
  readonly #options: AnswerBodyOptions;
  readonly #decoder: Decoder;
  /** Null until the first byte when the headers do not tell, and for good when it is one JSON value. */
  #events: MessageReader | null = null;
  readonly #text: ByteBuffer;
  #first = true;
  /** Bytes of events that live on in the assembled answer. */
  #streamed = 0;
  #cut = false;
  #gap = false;
  #unreadable = 0;

  constructor(headers: Headers, options: AnswerBodyOptions) {
    this.#headers = headers;
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
    const format = formatByType(headers);
    if (format) this.#events = this.#reader(format);
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
    this.#events?.end({ complete });
    const text = this.#gap ? "" : new TextDecoder().decode(this.#text.view());
    this.#text.release();
    if (hasTooMany(text)) this.#cutOff("too-large");
    this.#options.budget.give(this.#streamed);
    this.#streamed = 0;
    return text;
  }

  #data(bytes: Uint8Array): void {
    if (this.#first && bytes.length > 0) {
      this.#first = false;
      const format = this.#events || this.#gap ? null : formatByStart(bytes[0]!);
      if (format) this.#events = this.#reader(format);
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

  #reader(format: EventFormat): MessageReader {
    const lost = (reason: LostReason) => {
      this.#options.losses.event(format, reason);
      if (reason === "unreadable" && ++this.#unreadable === MOST_UNREADABLE) this.#cutOff("unreadable");
      // An event that is none may belong to nobody; one that is missing belonged to the answer.
      if (reason !== "unreadable") this.#cut = true;
    };
    return eventReader(format, this.#headers, { ...this.#options, lost });
  }
}
