/**
 * Looks names up in a file's .gnu.hash table, as the dynamic linker does: a few small reads instead of the whole symbol
 * table, which is megabytes in a runtime such as Node. Most files have none of our names, and the Bloom filter says so
 * in one read.
 *
 * Layout: u32 buckets, u32 first hashed symbol, u32 bloom words, u32 shift; u64 bloom[]; u32 bucket[]; u32 chain[].
 */
import type { ByteSource } from "./elf.ts";

const HEADER_BYTES = 16;
const MAX_BUCKETS = 1 << 22;
/** A real chain has a handful; one made to be endless ends here. */
const MAX_CHAIN = 4096;
const CHAIN_PIECE = 64;

/** The header of a table at a file offset. */
export interface GnuHash {
  readonly at: number;
  readonly buckets: number;
  readonly firstHashed: number;
  readonly bloomWords: number;
  readonly shift: number;
}

/** Null when the table makes no sense. */
export function readGnuHash(source: ByteSource, at: number): GnuHash | null {
  const head = words(source.read(at, HEADER_BYTES));
  const [buckets = 0, firstHashed = 0, bloomWords = 0, shift = 0] = head;
  const sound = buckets > 0 && buckets <= MAX_BUCKETS && bloomWords > 0 && bloomWords <= MAX_BUCKETS;
  return sound ? { at, buckets, firstHashed, bloomWords, shift } : null;
}

/** Indexes of the symbols that have the hash of `name`: hardly ever more than one, and the name is still to be compared. */
export function* gnuCandidates(source: ByteSource, table: GnuHash, name: string): Generator<number> {
  const hash = gnuHash(name);
  const { buckets, bloomWords, firstHashed } = table;
  const bloomAt = table.at + HEADER_BYTES;
  const bloom = words(source.read(bloomAt + ((hash >>> 6) % bloomWords) * 8, 8));
  if (!bit(bloom, hash & 63) || !bit(bloom, (hash >>> (table.shift & 31)) & 63)) return;
  const bucketsAt = bloomAt + bloomWords * 8;
  const [first = 0] = words(source.read(bucketsAt + (hash % buckets) * 4, 4));
  if (first < firstHashed) return;
  const chainAt = bucketsAt + buckets * 4 + (first - firstHashed) * 4;
  for (let i = 0; i < MAX_CHAIN; i += CHAIN_PIECE) {
    const piece = words(source.read(chainAt + i * 4, CHAIN_PIECE * 4));
    for (let n = 0; n < piece.length; n++) {
      const entry = piece[n] ?? 1;
      if ((entry | 1) === (hash | 1)) yield first + i + n;
      // The lowest bit ends a chain.
      if (entry & 1) return;
    }
    if (piece.length < CHAIN_PIECE) return;
  }
}

/** djb2, as the linker writes it. */
export function gnuHash(name: string): number {
  let hash = 5381;
  for (const byte of new TextEncoder().encode(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
}

function bit([low = 0, high = 0]: Uint32Array, index: number): boolean {
  return (((index < 32 ? low : high) >>> (index & 31)) & 1) !== 0;
}

/** A copy, which is aligned whatever the bytes were a part of. All machines we know are little-endian. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice(0, bytes.length & ~3).buffer);
}
