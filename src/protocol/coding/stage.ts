/** One content coding of a body, taken off as the bytes come. */
import type { MemoryBudget } from "../byte_buffer.ts";
import { CODINGS, type Opened } from "./codings.ts";
import type { Decoder, DecoderOptions } from "./decoder.ts";

export class Stage implements Decoder {
  readonly #coding: string;
  readonly #options: DecoderOptions;
  readonly #budget: MemoryBudget;
  #stream: Opened | null = null;
  #reserved = 0;
  #decoded = 0;
  #state:
    | "open"
    /** What comes now cannot be read: what it refers to is missing. */
    | "gap"
    | "over" = "open";

  constructor(coding: string, options: DecoderOptions) {
    this.#coding = coding;
    this.#options = options;
    this.#budget = options.budget;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#state === "over") return;
    if (this.#state === "gap") return this.#cut("undecodable");
    const stream = this.#stream ?? this.#open(bytes[0]!);
    if (!stream) return;
    let from = 0;
    while (true) {
      const { out, used, state } = stream.inflater.step(bytes, from);
      from += used;
      if (out.length > 0 && !this.#give(out, stream)) return;
      if (state === "hungry") return;
      if (state === "ended") return this.#after(bytes, from);
      if (state === "broken") return this.#cut("undecodable");
    }
  }

  gap(): void {
    if (this.#state !== "open") return;
    this.#options.sink.gap();
    this.#release();
    this.#state = "gap";
  }

  end(): void {
    this.#release();
    this.#state = "over";
  }

  #open(first: number): Opened | null {
    const stream = CODINGS.get(this.#coding)?.(first) ?? null;
    this.#stream = stream;
    if (!stream) this.#cut("undecodable");
    else if (!this.#reserve(stream.memory)) this.#cut("too-large");
    return this.#stream;
  }

  /** Whether the body goes on. */
  #give(out: Uint8Array, { memory, history }: Opened): boolean {
    const { sink, limit } = this.#options;
    const room = limit - this.#decoded;
    this.#decoded += out.length;
    sink.data(out.length <= room ? out : out.subarray(0, room));
    // The sink may have ended the body.
    if (this.#state !== "open") return false;
    const within = out.length <= room && this.#reserve(memory + Math.min(history, this.#decoded));
    if (!within) this.#cut("too-large");
    return within;
  }

  /** What comes after the end. gzip files are padded with zeros to whole blocks. */
  #after(bytes: Uint8Array, from: number): void {
    if (from === bytes.length) return;
    if (this.#coding.endsWith("gzip") && bytes[from] === 0) this.end();
    else this.#cut("undecodable");
  }

  #cut(reason: "undecodable" | "too-large"): void {
    this.end();
    this.#options.sink.cut(reason);
  }

  #reserve(total: number): boolean {
    const wanted = total - this.#reserved;
    if (wanted <= 0) return true;
    const granted = this.#budget.take(wanted);
    this.#reserved += granted;
    return granted === wanted;
  }

  #release(): void {
    this.#stream?.inflater.close();
    this.#stream = null;
    this.#budget.give(this.#reserved);
    this.#reserved = 0;
  }
}
