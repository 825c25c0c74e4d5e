/** Sets of addresses that stay small however many there are in a file. */
import type { Range } from "./ranges.ts";

interface Part {
  readonly low: number;
  readonly size: number;
  readonly bits: Uint8Array;
}

/** Code addresses, one bit a byte of code. */
export class AddressSet {
  readonly #parts: readonly Part[];
  /** Where the last address was; the next one is there too, mostly. */
  #recent: Part;

  constructor(ranges: readonly Range[]) {
    this.#parts = ranges.map(({ address, size }) => ({
      low: address,
      size,
      bits: new Uint8Array((size >> 3) + 1),
    }));
    this.#recent = this.#parts[0] ?? { low: 0, size: 0, bits: new Uint8Array() };
  }

  add(address: number): void {
    if (!this.covers(address)) return;
    const at = address - this.#recent.low;
    this.#recent.bits[at >> 3]! |= 1 << (at & 7);
  }

  has(address: number): boolean {
    if (!this.covers(address)) return false;
    const at = address - this.#recent.low;
    return (this.#recent.bits[at >> 3]! >> (at & 7) & 1) === 1;
  }

  covers(address: number): boolean {
    const { low, size } = this.#recent;
    return (address >= low && address < low + size) || this.#find(address);
  }

  #find(address: number): boolean {
    const part = this.#parts.find(({ low, size }) => address >= low && address < low + size);
    if (part) this.#recent = part;
    return part !== undefined;
  }

  /** The members from `high` down to `low`. */
  *down(high: number, low: number): Generator<number> {
    for (let address = high; address >= low; address--) if (this.has(address)) yield address;
  }
}

export interface AddressRange {
  readonly low: number;
  /** Inclusive. */
  readonly high: number;
}

/** Whether an address lies in one of some ranges; most do not, and are told by one look into a table. */
export class RangeFilter {
  readonly #blocks = new Uint8Array(1 << 16);
  readonly #ranges: readonly AddressRange[];

  constructor(ranges: readonly AddressRange[]) {
    this.#ranges = ranges;
    for (const { low, high } of ranges) {
      for (let block = Math.floor(low / 64); block <= Math.floor(high / 64); block++) {
        this.#blocks[block & 0xffff] = 1;
      }
    }
  }

  has(address: number): boolean {
    return this.#blocks[(address / 64) & 0xffff] === 1 &&
      this.#ranges.some(({ low, high }) => address >= low && address <= high);
  }
}

export interface Reference {
  readonly from: number;
  readonly to: number;
}

const BLOCK_BYTES = 4096;
const CHUNK_PAIRS = 1 << 16;

/** Pairs of addresses, 16 bytes each, up to a limit. */
export class ReferenceList {
  readonly #limit: number;
  readonly #chunks: Float64Array[] = [];
  #count = 0;
  /** Made when the first question is asked, which is after the last `add`. */
  #byBlock: Map<number, number[]> | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#count >= this.#limit;
  }

  add(from: number, to: number): void {
    if (this.full) return;
    const at = this.#count++ % CHUNK_PAIRS;
    if (at === 0) this.#chunks.push(new Float64Array(2 * CHUNK_PAIRS));
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    chunk[2 * at] = from;
    chunk[2 * at + 1] = to;
  }

  /** Those that lead to an address of the range. */
  to({ low, high }: AddressRange): Reference[] {
    this.#byBlock ??= this.#index();
    const found: Reference[] = [];
    for (let block = blockOf(low); block <= blockOf(high); block++) {
      for (const i of this.#byBlock.get(block) ?? []) {
        const one = this.#at(i);
        if (one.to >= low && one.to <= high) found.push(one);
      }
    }
    return found;
  }

  *all(): Generator<Reference> {
    for (let i = 0; i < this.#count; i++) yield this.#at(i);
  }

  #index(): Map<number, number[]> {
    const byBlock = new Map<number, number[]>();
    for (let i = 0; i < this.#count; i++) {
      const block = blockOf(this.#at(i).to);
      const known = byBlock.get(block);
      if (known) known.push(i);
      else byBlock.set(block, [i]);
    }
    return byBlock;
  }

  #at(index: number): Reference {
    const chunk = this.#chunks[Math.floor(index / CHUNK_PAIRS)]!;
    const at = 2 * (index % CHUNK_PAIRS);
    return { from: chunk[at]!, to: chunk[at + 1]! };
  }
}

function blockOf(address: number): number {
  return Math.floor(address / BLOCK_BYTES);
}
