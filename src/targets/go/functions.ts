/**
 * Functions of a Go program by name, without reading the whole table: the name is searched as text among the names,
 * then its position as a word among the records, and a record counts only if the sorted list of entries leads to it.
 *
 * List: (entry, position of the record) for each function, then the end of the last. Record: entry, i32 name,
 * i32 size of arguments, u32, u32 pcsp, …; entries are u64 addresses in layout 1.16 and u32 distances afterwards.
 */
import { type ByteSource, u64 } from "../elf/elf.ts";
import { entryBytes, type Pclntab } from "./pclntab.ts";
import { view, windows, words } from "../elf/windows.ts";

export interface GoFunction {
  readonly name: string;
  /** Relative to the start of the code (`Pclntab.textStart`). */
  readonly entry: number;
  /** Bytes up to the next function. */
  readonly size: number;
  /** Position of its stack-delta table among the pc tables. */
  readonly pcsp: number;
}

/** Equal words that are no record: a handful in the largest programs. A table full of them is crafted. */
const MAX_MATCHES = 1024;

/** Where each whole name stands among the names; of many equal ones two are enough. */
export function namePositions(
  source: ByteSource,
  { names }: Pclntab,
  wanted: readonly string[],
): Map<string, number[]> {
  const found = new Map(wanted.map((name) => [name, [] as number[]]));
  const longest = Math.max(...wanted.map(({ length }) => length)) + 2;
  for (const { offset, bytes, own } of windows(source, names, longest)) {
    const text = new TextDecoder("latin1").decode(bytes);
    for (const [name, positions] of found) {
      for (
        let at = text.indexOf(`\0${name}\0`);
        at >= 0 && at < own;
        at = text.indexOf(`\0${name}\0`, at + 1)
      ) {
        if (positions.length < 2) positions.push(offset + at + 1 - names.offset);
      }
    }
  }
  return found;
}

/** Functions whose records have one of these names, given by position. */
export function functionsNamed(
  source: ByteSource,
  table: Pclntab,
  names: ReadonlyMap<number, string>,
): GoFunction[] {
  const width = entryBytes(table.layout);
  const found: GoFunction[] = [];
  let matches = 0;
  const records = table.functionTable.offset + (table.functions * 2 + 1) * width;
  const end = table.functionTable.offset + table.functionTable.size;
  for (const { offset, bytes } of windows(source, { offset: records, size: end - records }, 0)) {
    const data = words(bytes);
    for (const [position, name] of names) {
      for (let i = data.indexOf(position); i >= 0; i = data.indexOf(position, i + 1)) {
        if (++matches > MAX_MATCHES) return [];
        const record = offset + i * 4 - width;
        const fn = record >= records ? readFunction(source, table, { name, record }) : null;
        if (fn) found.push(fn);
      }
    }
  }
  return found;
}

/** The end of the last function, relative to the start of the code. */
export function codeSize(source: ByteSource, table: Pclntab): number | null {
  return listed(source, table, table.functions)?.entry ?? null;
}

function readFunction(
  source: ByteSource,
  table: Pclntab,
  { name, record }: { name: string; record: number },
): GoFunction | null {
  const width = entryBytes(table.layout);
  const fields = view(source, record, width + 16);
  if (!fields) return null;
  const entry = width === 8 ? u64(fields, 0) : fields.getUint32(0, true);
  let low = 0;
  let high = table.functions;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const there = listed(source, table, middle);
    if (!there) return null;
    if (there.entry <= entry) low = middle;
    else high = middle;
  }
  const own = listed(source, table, low);
  const next = listed(source, table, low + 1);
  if (!own || !next || own.entry !== entry || own.record !== record - table.functionTable.offset) return null;
  return { name, entry, size: next.entry - entry, pcsp: fields.getUint32(width + 12, true) };
}

/** One item of the sorted list; the last has no record. */
function listed(source: ByteSource, table: Pclntab, index: number): { entry: number; record: number } | null {
  const width = entryBytes(table.layout);
  const last = index === table.functions;
  const item = view(source, table.functionTable.offset + index * 2 * width, last ? width : width * 2);
  if (!item) return null;
  const field = (at: number) => width === 8 ? u64(item, at) : item.getUint32(at, true);
  return { entry: field(0), record: last ? -1 : field(width) };
}
