/** What the loader writes over words of a program that may lie anywhere: addresses, from the RELATIVE relocations. */
import type { Binary } from "../target.ts";

const SHT_RELA = 4;
const ENTRY_BYTES = 24;
const ENTRIES_AT_ONCE = 1 << 17;
/** Codex 0.142 has 40 MiB of them. */
const MAX_TABLE_BYTES = 256 << 20;
const RELATIVE = { x86_64: 8, aarch64: 1027 } as const;

/**
 * The addresses that are put at `places`; without an entry the file's own word stands (RELR, and programs that are not
 * moved). Addresses are those of the file, as if it were loaded at 0.
 */
export function relocatedWords({ elf, source }: Binary, places: ReadonlySet<number>): Map<number, number> {
  const words = new Map<number, number>();
  let left = MAX_TABLE_BYTES;
  for (const { type, offset, size } of elf.sections) {
    if (type !== SHT_RELA || places.size === 0) continue;
    const length = Math.min(size, left);
    left -= length;
    for (let at = 0; at < length; at += ENTRIES_AT_ONCE * ENTRY_BYTES) {
      const bytes = source.read(offset + at, Math.min(ENTRIES_AT_ONCE * ENTRY_BYTES, length - at));
      if (bytes.length < ENTRY_BYTES) break;
      collect(bytes, { relative: RELATIVE[elf.machine], places, words });
    }
  }
  return words;
}

interface Collection {
  readonly relative: number;
  readonly places: ReadonlySet<number>;
  readonly words: Map<number, number>;
}

function collect(bytes: Uint8Array, { relative, places, words }: Collection): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    if (view.getUint32(at + 8, true) !== relative) continue;
    const place = view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
    if (!places.has(place)) continue;
    words.set(place, view.getUint32(at + 16, true) + view.getUint32(at + 20, true) * 2 ** 32);
  }
}
