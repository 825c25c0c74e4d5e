/** Looks names up in a file's .hash table, which linkers wrote before .gnu.hash and some still do: u32 buckets, u32 chains; bucket[]; chain[]. */
import type { ByteSource } from "./elf.ts";

const MAX_BUCKETS = 1 << 22;
/** Each step costs three reads; a real chain has a handful. */
const MAX_CHAIN = 256;

/** Indexes of the symbols in the chain of `name`; the names are still to be compared. */
export function* sysvCandidates(source: ByteSource, at: number, name: string): Generator<number> {
  const buckets = word(source, at);
  if (buckets === 0 || buckets > MAX_BUCKETS) return;
  let index = word(source, at + 8 + (sysvHash(name) % buckets) * 4);
  for (let i = 0; i < MAX_CHAIN && index !== 0; i++) {
    yield index;
    index = word(source, at + 8 + (buckets + index) * 4);
  }
}

/** The hash of the System V ABI. */
export function sysvHash(name: string): number {
  let hash = 0;
  for (const byte of new TextEncoder().encode(name)) {
    hash = ((hash << 4) + byte) >>> 0;
    const top = hash & 0xf0000000;
    hash = (hash ^ (top >>> 24)) & ~top;
  }
  return hash >>> 0;
}

/** 0, which ends every walk, where the file ends. */
function word(source: ByteSource, at: number): number {
  const bytes = source.read(at, 4);
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}
