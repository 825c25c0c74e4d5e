/** Numbers and strings of a header block (RFC 7541, section 5). */
import { latin1 } from "../../bytes.ts";
import { decodeHuffman } from "./huffman.ts";

/** No number in a block can be larger and mean anything. */
const MAX_INTEGER = 1 << 28;

/** Null from a method: the block breaks the rules or ends too early. */
export class HpackReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  peek(): number {
    return this.#bytes[this.#at]!;
  }

  /** A number whose first bits share a byte with something else. */
  integer(prefix: number): number | null {
    const mask = (1 << prefix) - 1;
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) return null;
    let value = byte & mask;
    if (value < mask) return value;
    for (let factor = 1;; factor *= 128) {
      const next = this.#bytes[this.#at++];
      if (next === undefined) return null;
      value += (next & 0x7f) * factor;
      if (value > MAX_INTEGER || factor > MAX_INTEGER) return null;
      if (next < 0x80) return value;
    }
  }

  string(): string | null {
    if (this.done) return null;
    const huffman = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    if (length === null || length > this.#bytes.length - this.#at) return null;
    const bytes = this.#bytes.subarray(this.#at, this.#at += length);
    return huffman ? decodeHuffman(bytes) : latin1(bytes);
  }
}
