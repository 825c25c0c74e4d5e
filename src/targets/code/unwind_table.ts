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

export function readUnwindTable({ elf, source }: Binary, image: Image): UnwindTable {
  const header = elf.sections.find(({ name }) => name === ".eh_frame_hdr");
  const head = header && view(image.at(header.addr, HEADER_BYTES), HEADER_BYTES);
  if (header && head?.getUint32(0, true) === ENCODINGS) {
    const count = Math.min(head.getUint32(8, true), Math.floor(Math.max(0, header.size - HEADER_BYTES) / 8));
    return new UnwindTable(sortedRows(image, { address: header.addr, count }));
  }
  const frames = elf.sections.find(({ name }) => name === ".eh_frame");
  if (!frames || frames.size > MAX_FRAME_BYTES) return new UnwindTable(rowsOf([]));
  return new UnwindTable(rowsOf(readFrames(source.read(frames.offset, frames.size), frames.addr)));
}

/** Sorted by start. */
interface Rows {
  readonly count: number;
  /** Infinity when it cannot be read. */
  readonly start: (row: number) => number;
  readonly end: (row: number) => number;
}

export class UnwindTable {
  readonly #rows: Rows;
  /** The last answer, and the addresses it holds for: the next question is about one nearby, mostly. */
  #recent: Extent & { readonly described: boolean } = { start: 0, end: 0, described: false };

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** The described code that contains the address. */
  containing(address: number): Extent | null {
    if (address < this.#recent.start || address >= this.#recent.end) this.#recent = this.#find(address);
    return this.#recent.described ? this.#recent : null;
  }

  #find(address: number): Extent & { readonly described: boolean } {
    const { count, start, end } = this.#rows;
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (start(middle) <= address) low = middle + 1;
      else high = middle;
    }
    const limit = low < count ? start(low) : Infinity;
    const ending = low > 0 ? Math.min(end(low - 1), limit) : 0;
    return address < ending
      ? { start: start(low - 1), end: ending, described: true }
      : { start: low > 0 ? Math.max(ending, start(low - 1)) : 0, end: limit, described: false };
  }
}

function sortedRows(
  image: Image,
  { address, count }: { readonly address: number; readonly count: number },
): Rows {
  const row = (i: number) => view(image.at(address + HEADER_BYTES + i * 8, 8), 8);
  const start = (i: number) => address + (row(i)?.getInt32(0, true) ?? Infinity);
  const end = (i: number) => {
    const at = address + (row(i)?.getInt32(4, true) ?? Infinity);
    const entry = view(image.at(at, 16), 16);
    return entry && at + 8 + entry.getInt32(8, true) === start(i) ? start(i) + entry.getUint32(12, true) : 0;
  };
  return { count, start, end };
}

function rowsOf(extents: Extent[]): Rows {
  const sorted = extents.sort((a, b) => a.start - b.start);
  return {
    count: sorted.length,
    start: (i) => sorted[i]?.start ?? Infinity,
    end: (i) => sorted[i]?.end ?? 0,
  };
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

function view(bytes: Uint8Array, length: number): DataView | null {
  return bytes.length < length ? null : new DataView(bytes.buffer, bytes.byteOffset, length);
}
