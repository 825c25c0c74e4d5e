/**
 * Looks names up in an ELF file's own hash table (.gnu.hash), as the dynamic linker does: a few small reads instead of
 * the whole symbol table, which is megabytes in a runtime such as Node.
 *
 * Layout: u32 buckets, u32 first hashed symbol, u32 bloom words, u32 shift; u64 bloom[]; u32 bucket[]; u32 chain[].
 */
import type { ByteSource, Section } from "./elf.ts";

const SYMBOL_BYTES = 24;
const HEADER_BYTES = 16;
const MAX_BUCKETS = 1 << 22;
/** A real chain has a handful; one made to be endless ends here. */
const MAX_CHAIN = 4096;
const MAX_NAME_BYTES = 256;

export interface DynamicTables {
  readonly hash: Section;
  readonly symbols: Section;
  readonly strings: Section;
}

/** The symbol table entry of a name, or null when the table has none. */
export function lookup(source: ByteSource, tables: DynamicTables, name: string): DataView | null {
  const { hash, symbols, strings } = tables;
  const head = view(source, hash.offset, HEADER_BYTES);
  if (head === null) return null;
  const [buckets, firstHashed, bloomWords] = [0, 4, 8].map((at) => head.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  if (buckets === 0 || buckets > MAX_BUCKETS || bloomWords > MAX_BUCKETS) return null;
  const wanted = gnuHash(name);
  const bucketsAt = hash.offset + HEADER_BYTES + bloomWords * 8;
  const first = view(source, bucketsAt + (wanted % buckets) * 4, 4)?.getUint32(0, true) ?? 0;
  if (first < firstHashed) return null;
  const chainAt = bucketsAt + buckets * 4 + (first - firstHashed) * 4;
  for (let i = 0; i < MAX_CHAIN; i++) {
    const entry = view(source, chainAt + i * 4, 4)?.getUint32(0, true);
    if (entry === undefined) return null;
    if ((entry | 1) === (wanted | 1)) {
      const symbol = view(source, symbols.offset + (first + i) * SYMBOL_BYTES, SYMBOL_BYTES);
      if (symbol && nameAt(source, strings, symbol.getUint32(0, true)) === name) return symbol;
    }
    // The lowest bit ends a chain.
    if (entry & 1) return null;
  }
  return null;
}

/** djb2, as the linker writes it. */
export function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of new TextEncoder().encode(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}

function nameAt(source: ByteSource, strings: Section, at: number): string {
  if (at >= strings.size) return "";
  const bytes = source.read(strings.offset + at, Math.min(MAX_NAME_BYTES, strings.size - at));
  const end = bytes.indexOf(0);
  return new TextDecoder("latin1").decode(bytes.subarray(0, Math.max(0, end)));
}

function view(source: ByteSource, offset: number, length: number): DataView | null {
  const bytes = source.read(offset, length);
  return bytes.length < length ? null : new DataView(bytes.buffer, bytes.byteOffset, length);
}
