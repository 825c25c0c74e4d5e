/**
 * Where ring keeps what its ciphers are: one constant `aead::Algorithm` each, five or six words that say the functions
 * and the key's length. Callers reach the functions through it and no other way, so that it is in every build, stripped
 * or optimised as it may be:
 *
 *     init | seal | open | key_len | [max_input_len, ring 0.16 only] | id
 *
 * The three addresses stand there as they are, or in the relocation of their place; the numbers are always there.
 */
import { type Range, windows } from "../code/ranges.ts";
import type { Binary } from "../target.ts";
import { relocatedWords } from "./relocated_words.ts";

const WORD_BYTES = 8;
const SHORT_TABLE_BYTES = 5 * WORD_BYTES;
const LONG_TABLE_BYTES = 6 * WORD_BYTES;
const MAX_DATA_BYTES = 512 << 20;
/** Of 60 binaries of up to 400 MB the richest has 226. */
const MAX_CANDIDATES = 4096;

export type Cipher = "AES-128-GCM" | "AES-256-GCM" | "ChaCha20-Poly1305";

/** Addresses of its functions; none is known to begin one. */
export interface AlgorithmTable {
  readonly cipher: Cipher;
  readonly address: number;
  readonly init: number;
  readonly seal: number;
  readonly open: number;
}

interface Candidate {
  readonly cipher: Cipher;
  readonly address: number;
  readonly words: readonly number[];
}

/** By key_len and id: the numbers of ring's `AlgorithmID`. */
const ciphers: Readonly<Record<string, Cipher>> = {
  "16,0": "AES-128-GCM",
  "32,1": "AES-256-GCM",
  "32,2": "ChaCha20-Poly1305",
};

/** What one nonce may encrypt: 2^32 - 2 blocks of 16 bytes (SP 800-38D), 2^32 - 1 of 64 (RFC 8439). */
const maxInputs: readonly number[] = [(2 ** 32 - 2) * 16, (2 ** 32 - 1) * 64];

/** Every table whose functions lie in code, all relocated or none; null for more candidates than a program has. */
export function algorithmTables(binary: Binary): AlgorithmTable[] | null {
  const candidates = findCandidates(binary);
  if (candidates === null) return null;
  const places = candidates.flatMap(({ address }) => [0, 1, 2].map((i) => address + i * WORD_BYTES));
  const relocated = relocatedWords(binary, new Set(places));
  const tables: AlgorithmTable[] = [];
  for (const { cipher, address, words } of candidates) {
    const moved = [0, 1, 2].flatMap((i) => relocated.get(address + i * WORD_BYTES) ?? []);
    const [init, seal, open] = moved.length === 0 ? words : moved;
    if (init === undefined || seal === undefined || open === undefined) continue;
    if ([init, seal, open].some((at) => !isCode(binary, at))) continue;
    tables.push({ cipher, address, init, seal, open });
  }
  return tables;
}

function isCode({ elf }: Binary, address: number): boolean {
  if (elf.machine === "aarch64" && address % 4 !== 0) return false;
  return elf.toCodeOffset(address) !== null;
}

function findCandidates(binary: Binary): Candidate[] | null {
  const found: Candidate[] = [];
  const ranges = dataRanges(binary);
  if (ranges === null) return null;
  for (const { bytes, address, end } of windows(binary, ranges)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const first = (WORD_BYTES - address % WORD_BYTES) % WORD_BYTES;
    for (let at = first; at < end && at + SHORT_TABLE_BYTES <= bytes.length; at += WORD_BYTES) {
      const keyBytes = view.getUint32(at + 24, true);
      if ((keyBytes !== 16 && keyBytes !== 32) || view.getUint32(at + 28, true) !== 0) continue;
      const next = word(view, at + 32);
      const long = maxInputs.includes(next) && at + LONG_TABLE_BYTES <= bytes.length;
      const id = long ? word(view, at + 40) : next;
      const cipher = ciphers[`${keyBytes},${id}`];
      if (cipher === undefined) continue;
      const words = [0, 8, 16].map((i) => word(view, at + i));
      // 0: for a relocation to fill.
      if (!words.every((value) => value === 0 || isCode(binary, value))) continue;
      if (found.length >= MAX_CANDIDATES) return null;
      found.push({ cipher, address: address + at, words });
    }
  }
  return found;
}

/** Constants with addresses in them: relocated ones, or plain ones in a program that is not moved. */
function dataRanges({ elf }: Binary): readonly Range[] | null {
  const named = elf.sections.filter(({ name, addr, offset }) =>
    /^\.(data(\.rel\.ro)?|rodata)(\.|$)/.test(name) && elf.toFileOffset(addr) === offset
  );
  const ranges = named.length > 0
    ? named.map(({ addr, offset, size }) => ({ address: addr, offset, size }))
    : elf.segments.filter(({ executable }) => !executable)
      .map(({ vaddr, offset, size }) => ({ address: vaddr, offset, size }));
  return ranges.reduce((sum, { size }) => sum + size, 0) <= MAX_DATA_BYTES ? ranges : null;
}

/** Values above 2^53 are no addresses; they come out too large to match anything. */
function word(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
