/** What the dynamic linker reads of a file (PT_DYNAMIC): section headers may lie or be gone, this may not. */
import { u64 } from "./elf.ts";
import type { Binary } from "../target.ts";

const PT_DYNAMIC = 2;
const ENTRY_BYTES = 16;
const MAX_DYNAMIC_BYTES = 64 << 10;
const tags = {
  end: 0,
  hash: 4,
  strings: 5,
  symbols: 6,
  stringBytes: 10,
  gnuHash: 0x6ffffef5,
  versions: 0x6ffffff0,
};

/** File offsets of the tables of exported symbols. */
export interface DynamicTables {
  readonly symbols: number;
  readonly strings: number;
  readonly stringBytes: number;
  readonly gnuHash: number | null;
  readonly sysvHash: number | null;
  readonly versions: number | null;
}

/** Null when nothing is exported: a static program, or tables that lie outside the file. */
export function dynamicTables({ elf, source }: Binary): DynamicTables | null {
  const segment = elf.programHeaders.find(({ type }) => type === PT_DYNAMIC);
  if (!segment) return null;
  const bytes = source.read(segment.offset, Math.min(segment.size, MAX_DYNAMIC_BYTES));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Map<number, number>();
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const tag = u64(view, at);
    if (tag === tags.end) break;
    values.set(tag, u64(view, at + 8));
  }
  const place = (tag: number) => {
    const address = values.get(tag);
    return address === undefined ? null : elf.toFileOffset(address);
  };
  const [symbols, strings] = [place(tags.symbols), place(tags.strings)];
  if (symbols === null || strings === null) return null;
  return {
    symbols,
    strings,
    stringBytes: values.get(tags.stringBytes) ?? 0,
    gnuHash: place(tags.gnuHash),
    sysvHash: place(tags.hash),
    versions: place(tags.versions),
  };
}
