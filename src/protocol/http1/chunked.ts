/** The chunked transfer coding (RFC 9112, section 7.1), one byte range at a time. */

/** Extensions and trailers are skipped, but a line of them may not be endless. */
const MAX_LINE = 65_536;
/** Hex digits of the largest exact integer. */
const MAX_DIGITS = 13;

const CR = 13, LF = 10;

type State = "size" | "extension" | "data" | "data-end" | "trailer" | "done" | "broken";

export class ChunkedBody {
  #state: State = "size";
  #size = 0;
  #digits = 0;
  #line = 0;

  get done(): boolean {
    return this.#state === "done";
  }

  get broken(): boolean {
    return this.#state === "broken";
  }

  /**
   * Reads from `from` until the body ends or breaks, and tells where it stopped. `body` gets the data of all chunks
   * together, once: streams are sent in chunks of a hundred bytes.
   */
  read(bytes: Uint8Array, options: { from: number; body: (bytes: Uint8Array) => void }): number {
    let at = options.from;
    const data = new Gathered(bytes);
    while (at < bytes.length && this.#state !== "done" && this.#state !== "broken") {
      if (this.#state !== "data") {
        const next = this.#state === "data-end" ? this.#nextChunk(bytes, at) : 0;
        if (next > 0) at = next;
        else this.#control(bytes[at++]!);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#size);
      data.add(at, end);
      this.#size -= end - at;
      at = end;
      if (this.#size === 0) this.#state = "data-end";
    }
    const all = data.bytes();
    if (all) options.body(all);
    return at;
  }

  /** The usual end of one chunk and start of the next at once: behind it, or 0 when it is not all there. */
  #nextChunk(bytes: Uint8Array, from: number): number {
    if (bytes[from] !== CR || bytes[from + 1] !== LF) return 0;
    let size = 0;
    for (let at = from + 2; at < bytes.length && at < from + 10; at++) {
      const byte = bytes[at]!;
      if (byte === CR) {
        if (size === 0 || bytes[at + 1] !== LF) return 0;
        this.#state = "data";
        this.#size = size;
        return at + 2;
      }
      const digit = hexDigit(byte);
      if (digit < 0) return 0;
      size = size * 16 + digit;
    }
    return 0;
  }

  /** Whether the framing survives `count` missing bytes: only inside the data of one chunk. */
  gap(count: number): boolean {
    if (this.#state !== "data" || count > this.#size) return false;
    this.#size -= count;
    if (this.#size === 0) this.#state = "data-end";
    return true;
  }

  #control(byte: number): void {
    if (++this.#line > MAX_LINE) this.#state = "broken";
    else if (this.#state === "size") this.#sizeByte(byte);
    else if (this.#state === "extension") {
      if (byte === 10) this.#sizeEnd();
    } else if (this.#state === "data-end") {
      if (byte === 10) this.#expectSize();
      else if (byte !== 13) this.#state = "broken";
    } else if (byte === 10) { // the end of a trailer line: an empty one ends the body
      this.#state = this.#digits === 0 ? "done" : "trailer";
      this.#digits = 0;
    } else if (byte !== 13) this.#digits = 1;
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > MAX_DIGITS) this.#state = "broken";
    } else if (this.#digits === 0) this.#state = "broken";
    else if (byte === 10) this.#sizeEnd();
    else if (byte === 59 || byte === 32 || byte === 9 || byte === 13) this.#state = "extension";
    else this.#state = "broken";
  }

  #sizeEnd(): void {
    this.#state = this.#size > 0 ? "data" : "trailer";
    this.#digits = 0;
    this.#line = 0;
  }

  #expectSize(): void {
    this.#state = "size";
    this.#size = 0;
    this.#digits = 0;
    this.#line = 0;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** Ranges of one array, in order, as one range. */
class Gathered {
  readonly #source: Uint8Array;
  #copy: Uint8Array | null = null;
  #from = 0;
  #to = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  add(from: number, to: number): void {
    if (this.#to === 0) {
      this.#from = from;
      this.#to = to;
      return;
    }
    // What was gathered never reaches beyond where it is gathered from.
    this.#copy ??= this.#source.slice();
    this.#copy.copyWithin(this.#to, from, to);
    this.#to += to - from;
  }

  bytes(): Uint8Array | null {
    if (this.#from === this.#to) return null;
    const bytes = this.#copy ?? this.#source;
    return this.#from === 0 && this.#to === bytes.length ? bytes : bytes.subarray(this.#from, this.#to);
  }
}
