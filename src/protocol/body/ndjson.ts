/** Newline-delimited JSON texts, with characters and lines split anywhere. */
import { ByteBuffer } from "../byte_buffer.ts";
import type { BodyOptions, MessageReader, MessageSink } from "./message_sink.ts";

const NEWLINE = 10;

/** Gives each line that is not blank; whether it is JSON is for the sink to find out. */
export class NdjsonReader implements MessageReader {
  readonly #sink: MessageSink<string>;
  readonly #limit: number;
  /** The line that has begun. */
  readonly #line: ByteBuffer;
  // A byte order mark inside a stream is text: taking it off would depend on the splits.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The rest of this line is dropped. */
  #skipping = false;

  constructor({ sink, limit, budget }: BodyOptions<string>) {
    this.#sink = sink;
    this.#limit = limit;
    this.#line = new ByteBuffer(limit, budget);
  }

  push(bytes: Uint8Array): void {
    const first = bytes.indexOf(NEWLINE);
    if (first < 0) return this.#keep(bytes);
    let from = 0;
    if (this.#skipping) {
      this.#skipping = false;
      from = first + 1;
    } else if (this.#line.length > 0) {
      this.#keep(bytes.subarray(0, first));
      if (!this.#skipping) this.#lines(this.#line.view());
      this.#skipping = false;
      this.#line.clear();
      from = first + 1;
    }
    const last = bytes.lastIndexOf(NEWLINE);
    if (last > from) this.#lines(bytes.subarray(from, last));
    if (last + 1 < bytes.length) this.#keep(bytes.subarray(last + 1));
  }

  /** The line that was being read is dropped: two halves must not make a third. */
  gap(): void {
    this.#line.clear();
    this.#skipping = true;
  }

  end({ complete }: { readonly complete: boolean }): void {
    if (complete && !this.#skipping) this.#lines(this.#line.view());
    this.#line.release();
  }

  #keep(bytes: Uint8Array): void {
    if (this.#skipping) return;
    const fits = this.#line.length + bytes.length <= this.#limit;
    if (fits && this.#line.append(bytes) === 0) return;
    this.#line.clear();
    this.#skipping = true;
    this.#sink.lost("too-large");
  }

  /** Whole lines. Where none can be too long they are decoded together: that costs less than one call for each. */
  #lines(bytes: Uint8Array): void {
    if (bytes.length > this.#limit) return this.#longLines(bytes);
    const text = this.#decoder.decode(bytes);
    for (let from = 0; from < text.length;) {
      const newline = text.indexOf("\n", from);
      const to = newline < 0 ? text.length : newline;
      const line = text.slice(from, to).trim();
      if (line !== "") this.#sink.message(line);
      from = to + 1;
    }
  }

  #longLines(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const to = newline < 0 ? bytes.length : newline;
      if (to - from > this.#limit) this.#sink.lost("too-large");
      else this.#lines(bytes.subarray(from, to));
      from = to + 1;
    }
  }
}
