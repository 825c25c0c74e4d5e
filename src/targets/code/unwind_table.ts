/**
 * Where code that can be unwound begins and ends: exact for functions and for the parts split from them, where a
 * compiler wrote it. Files often have it for a part of their code only.
 *
 * .eh_frame_hdr is a sorted table: u8 version (1), u8 encodings of pointer, count and table; i32 pointer; u32 count;
 * then pairs of i32 (start, entry), relative to the header. Linkers write no other encoding. Static programs have only
 * .eh_frame, entries one after the other: u32 length, u32 distance back to the common entry (0 in a common entry
 * itself), i32 start relative to itself, u32 size.
 */
import type { Binary } from "../target.ts";
import type { Image } from "./image.ts";

const HEADER_BYTES = 12;
const ENCODINGS = 0x3b031b01;
/** Of .eh_frame, when it has no table; the programs that lack one are small. */
const MAX_FRAME_BYTES = 16 << 20;

export interface Extent {
  readonly start: number;
  /** The first address behind it. */
  readonly end: number;
}

export interface UnwindTable {
  /** The described code that contains the address. */
  containing(address: number): Extent | null;
}

export function readUnwindTable({ elf, source }: Binary, image: Image): UnwindTable {
  const header = elf.sections.find(({ name }) => name === ".eh_frame_hdr");
  const head = header && view(image.at(header.addr, HEADER_BYTES), HEADER_BYTES);
  if (header && head?.getUint32(0, true) === ENCODINGS) {
    const count = Math.min(head.getUint32(8, true), Math.floor(Math.max(0, header.size - HEADER_BYTES) / 8));
    return new SortedTable(image, { address: header.addr, count });
  }
  const frames = elf.sections.find(({ name }) => name === ".eh_frame");
  if (!frames || frames.size > MAX_FRAME_BYTES) return { containing: () => null };
  return new ExtentList(readFrames(source.read(frames.offset, frames.size), frames.addr));
}

class SortedTable implements UnwindTable {
  readonly #image: Image;
  readonly #address: number;
  readonly #count: number;

  constructor(image: Image, { address, count }: { readonly address: number; readonly count: number }) {
    this.#image = image;
    this.#address = address;
    this.#count = count;
  }

  containing(address: number): Extent | null {
    const index = lastAtMost(address, this.#count, (i) => this.#pair(i)[0]);
    if (index < 0) return null;
    const [start, entry] = this.#pair(index);
    const description = view(this.#image.at(entry, 16), 16);
    if (description === null || entry + 8 + description.getInt32(8, true) !== start) return null;
    const end = start + description.getUint32(12, true);
    return address < end ? { start, end } : null;
  }

  #pair(index: number): [start: number, entry: number] {
    const pair = view(this.#image.at(this.#address + HEADER_BYTES + index * 8, 8), 8);
    return pair
      ? [this.#address + pair.getInt32(0, true), this.#address + pair.getInt32(4, true)]
      : [Infinity, 0];
  }
}

class ExtentList implements UnwindTable {
  readonly #sorted: readonly Extent[];

  constructor(extents: Extent[]) {
    this.#sorted = extents.sort((a, b) => a.start - b.start);
  }

  containing(address: number): Extent | null {
    const index = lastAtMost(address, this.#sorted.length, (i) => this.#sorted[i]!.start);
    const extent = this.#sorted[index];
    return extent && address < extent.end ? extent : null;
  }
}

function readFrames(bytes: Uint8Array, address: number): Extent[] {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const extents: Extent[] = [];
  for (let at = 0; at + 16 <= bytes.length;) {
    const length = data.getUint32(at, true);
    if (length === 0 || length > bytes.length - at - 4) break;
    const start = address + at + 8 + data.getInt32(at + 8, true);
    if (data.getUint32(at + 4, true) !== 0) {
      extents.push({ start, end: start + data.getUint32(at + 12, true) });
    }
    at += 4 + length;
  }
  return extents;
}

/** The last index whose value is not above the limit; -1 when there is none. */
function lastAtMost(limit: number, count: number, value: (index: number) => number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function view(bytes: Uint8Array, length: number): DataView | null {
  return bytes.length < length ? null : new DataView(bytes.buffer, bytes.byteOffset, length);
}
