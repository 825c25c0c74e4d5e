/** How many bytes all buffers of one pipeline may hold together, so that many large bodies cannot exhaust memory. */
export class MemoryBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Reserves up to `wanted` bytes and tells how many were left. */
  take(wanted: number): number {
    const granted = Math.min(wanted, this.#limit - this.#used);
    this.#used += granted;
    return granted;
  }

  give(count: number): void {
    this.#used -= count;
  }
}

/** Bytes gathered piece by piece into one array, up to a limit. Copies, so callers may reuse what they append. */
export class ByteBuffer {
  readonly #limit: number;
  readonly #budget: MemoryBudget | null;
  #bytes = new Uint8Array(0);
  #length = 0;

  constructor(limit: number, budget: MemoryBudget | null = null) {
    this.#limit = limit;
    this.#budget = budget;
  }

  get length(): number {
    return this.#length;
  }

  /** Appends what fits; returns how many bytes did not. */
  append(bytes: Uint8Array): number {
    let room = Math.min(bytes.length, this.#limit - this.#length);
    if (this.#budget) room = this.#budget.take(room);
    const end = this.#length + room;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(end, 2 * this.#bytes.length, 512)));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(room === bytes.length ? bytes : bytes.subarray(0, room), this.#length);
    this.#length = end;
    return bytes.length - room;
  }

  /** The gathered bytes; valid until the next `append` or `release`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Empties the buffer and keeps its memory for the next use. */
  clear(): void {
    this.#budget?.give(this.#length);
    this.#length = 0;
  }

  /** Empties the buffer and returns its memory. */
  release(): void {
    this.clear();
    this.#bytes = new Uint8Array(0);
  }
}
