/** The chunked transfer coding (RFC 9112, section 7.1), one byte range at a time. */

/** Extensions and trailers are skipped, but a line of them may not be endless. */
const MAX_LINE = 65_536;
/** Hex digits of the largest exact integer. */
const MAX_DIGITS = 13;

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

  /** Reads from `from` until the body ends or breaks, and tells where it stopped. */
  read(bytes: Uint8Array, options: { from: number; body: (bytes: Uint8Array) => void }): number {
    let at = options.from;
    while (at < bytes.length && this.#state !== "done" && this.#state !== "broken") {
      if (this.#state !== "data") {
        this.#control(bytes[at++]!);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#size);
      options.body(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
      this.#size -= end - at;
      at = end;
      if (this.#size === 0) this.#state = "data-end";
    }
    return at;
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
