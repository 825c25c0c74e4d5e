/** Where a program's function table is: by the name of its section, else by what it starts with. */
import type { Binary } from "../target.ts";
import { magics, type Pclntab, readPclntab, secondWord } from "./pclntab.ts";
import { type Extent, windows, words } from "../elf/windows.ts";

export interface FoundTable {
  readonly table: Pclntab;
  /** How it was found, for evidence: "section .gopclntab" or "its first bytes". */
  readonly by: string;
}

const SHT_NOBITS = 8;
/** Segments of a crafted file may all claim the same bytes; real ones are smaller than this together. */
const MAX_SCAN_BYTES = 1 << 30;
/** A program that carries others as data has a few. */
const MAX_TABLES = 4;
const MAX_CANDIDATES = 1024;
/** All releases align it to 16 bytes or more. */
const ALIGNMENT = 8;

/** Every table that makes sense. A section of the right name (`.data.rel.ro.gopclntab` in a PIE) settles it. */
export function findPclntabs({ elf, source }: Binary): FoundTable[] {
  const named = elf.sections.filter(({ name, type }) => /(^|\.)gopclntab$/.test(name) && type !== SHT_NOBITS);
  const tables: FoundTable[] = [];
  for (const section of named.slice(0, MAX_TABLES)) {
    const table = readPclntab(source, section, elf.machine);
    if (table) tables.push({ table, by: `section ${section.name}` });
  }
  return tables.length > 0 ? tables : scan({ elf, source });
}

function scan({ elf, source }: Binary): FoundTable[] {
  const tables: FoundTable[] = [];
  let tried = 0;
  for (const place of candidates({ elf, source })) {
    const table = readPclntab(source, place, elf.machine);
    if (table && !tables.some((known) => known.table.offset === table.offset)) {
      tables.push({ table, by: "its first bytes" });
    }
    if (tables.length === MAX_TABLES || ++tried === MAX_CANDIDATES) break;
  }
  return tables;
}

/** Where loaded data starts like a table, up to the end of its segment. */
function* candidates({ elf, source }: Binary): Generator<Extent> {
  const second = secondWord(elf.machine);
  let left = MAX_SCAN_BYTES;
  for (const segment of elf.segments) {
    // A linker that mixes code and constants puts the file's header there too.
    if (segment.executable && segment.offset > 0) continue;
    const end = segment.offset + segment.size;
    const start = Math.ceil(segment.offset / ALIGNMENT) * ALIGNMENT;
    const size = Math.min(end - start, left);
    left -= Math.max(0, size);
    for (const { offset, bytes } of windows(source, { offset: start, size }, ALIGNMENT)) {
      const data = words(bytes);
      // The second word is the rare one.
      for (let i = data.indexOf(second, 1); i >= 0; i = data.indexOf(second, i + 1)) {
        const at = offset + (i - 1) * 4;
        if (at % ALIGNMENT === 0 && magics.has(data[i - 1] as number)) yield { offset: at, size: end - at };
      }
    }
  }
}
