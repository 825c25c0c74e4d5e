/** A body that may carry JSON-RPC: decoded, and given as the texts of its events or as one text at its end. */
import { parseJson } from "../llm/json.ts";
import { ByteBuffer, type MemoryBudget } from "../protocol/byte_buffer.ts";
import { contentDecoder } from "../protocol/coding/content_decoder.ts";
import type { Decoder } from "../protocol/coding/decoder.ts";
import type { Headers } from "../protocol/exchange.ts";
import { SseDecoder } from "../protocol/sse/decoder.ts";

export interface HttpBodyOptions {
  /** Of one message. */
  readonly limit: number;
  readonly budget: MemoryBudget;
  /** `bytes`: an upper bound of its size. */
  readonly text: (text: string, bytes: number) => void;
  readonly lost: (reason: "too-large" | "undecodable") => void;
}

/** A stream lives as long as its session: only its messages are bounded. */
const STREAM_LIMIT = 0x7fff_ffff;
/** What is looked at of a body before it is kept. */
const START = 256;
/** Whatever order a client writes the members in, the first one is of JSON-RPC; no request to a model starts like this. */
const JSON_RPC = /^\s*(?:\[\s*)?\{\s*"(?:jsonrpc|id|method|params|result|error)"\s*:/;

export class HttpBody {
  readonly #options: HttpBodyOptions;
  readonly #decoder: Decoder;
  readonly #text: ByteBuffer;
  readonly #events: SseDecoder | null;
  #kept = true;
  #judged = false;
  #gap = false;
  /** Its rest was lost, and counted. */
  #cut = false;

  constructor(headers: Headers, options: HttpBodyOptions) {
    this.#options = options;
    const { limit, budget } = options;
    const streams = /^text\/event-stream/i.test(headers.get("content-type") ?? "");
    this.#events = streams
      ? new SseDecoder({
        limit,
        budget,
        onData: (data) => this.#event(data),
        onTooLong: () => options.lost("too-large"),
      })
      : null;
    this.#text = new ByteBuffer(limit, budget);
    const cut = (reason: "too-large" | "undecodable") => this.#lost(reason);
    const sink = { data: (bytes: Uint8Array) => this.#data(bytes), gap: () => this.#missing(), cut };
    const coding = headers.get("content-encoding") ?? null;
    this.#decoder = contentDecoder(coding, { sink, limit: streams ? STREAM_LIMIT : limit, budget });
  }

  get streams(): boolean {
    return this.#events !== null;
  }

  push(bytes: Uint8Array): void {
    if (this.#kept) this.#decoder.push(bytes);
  }

  gap(): void {
    this.#decoder.gap();
  }

  /** `complete`: by the body's own framing; what a cut stream began is not read. */
  end({ complete }: { readonly complete: boolean }): void {
    this.#decoder.end();
    this.#events?.end({ complete: complete && this.#kept });
    // With a gap, what is left could read as something that was never sent.
    const bytes = this.#text.view();
    const text = this.#gap || !this.#kept ? "" : new TextDecoder().decode(bytes);
    this.#text.release();
    if (!JSON_RPC.test(text.slice(0, START))) return;
    // What is wrong may come behind it; and half of it is not counted as unreadable as well.
    if (!this.#cut || parseJson(text) !== undefined) this.#options.text(text, bytes.length);
  }

  /** Nobody reads on. */
  drop(): void {
    this.#kept = false;
    this.#decoder.end();
    this.#text.release();
  }

  #lost(reason: "too-large" | "undecodable"): void {
    if (this.#cut || !this.#kept) return;
    this.#cut = true;
    this.#options.lost(reason);
  }

  #event(data: string): null {
    // Servers send empty events to give a stream its first id.
    if (this.#kept && data !== "") this.#options.text(data, data.length * 3);
    return null;
  }

  #data(bytes: Uint8Array): void {
    if (!this.#kept) return;
    if (this.#events) return this.#events.push(bytes);
    if (this.#text.append(bytes) > 0) {
      this.#lost("too-large");
      return this.drop();
    }
    if (this.#judged || this.#text.length < START) return;
    this.#judged = true;
    const start = new TextDecoder().decode(this.#text.view().subarray(0, START));
    if (!JSON_RPC.test(start)) this.drop();
  }

  #missing(): void {
    this.#gap = true;
    this.#events?.gap();
  }
}
