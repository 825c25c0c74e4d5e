/**
 * The header of Go's function table (pclntab), which every Go program carries: the runtime itself needs it.
 *
 * Layout: u32 magic, u16 0, u8 least instruction size, u8 pointer size, u64 functions, u64 files, then
 * (from Go 1.18) u64 start of the code, then five u64 offsets from the header: names, compilation units, files,
 * pc tables, functions. Since Go 1.26 the start of the code is 0: the runtime has it elsewhere.
 */
import { type ByteSource, type ElfFile, u64 } from "../elf/elf.ts";
import { type Extent, view } from "../elf/windows.ts";

/** By the Go release that introduced it. */
export type Layout = "1.2" | "1.16" | "1.18" | "1.20";

export interface Pclntab {
  readonly layout: Layout;
  /** File offset of the header. */
  readonly offset: number;
  /** Every instruction's address is a multiple of this: the unit of the pc tables. */
  readonly quantum: number;
  readonly functions: number;
  /** Virtual address that function entries are relative to: 0 in old layouts, null where the table does not say. */
  readonly textStart: number | null;
  readonly names: Extent;
  readonly pcTables: Extent;
  /** The sorted list of entries, then a record for each function. */
  readonly functionTable: Extent;
}

const layouts: ReadonlyMap<number, Layout> = new Map([
  [0xfffffffb, "1.2"],
  [0xfffffffa, "1.16"],
  [0xfffffff0, "1.18"],
  [0xfffffff1, "1.20"],
]);

const POINTER_BYTES = 8;
/** Kubernetes has 150,000. */
const MAX_FUNCTIONS = 1 << 22;
/** 200,000 functions took 80 MB. */
const MAX_TABLE_BYTES = 256 << 20;

/** The two words that such a table starts with on a machine; the first is one of `magics`. */
export const magics: ReadonlySet<number> = new Set(layouts.keys());

export function secondWord(machine: ElfFile["machine"]): number {
  return POINTER_BYTES << 24 | quantumOf(machine) << 16;
}

/** The table at the start of `place`, or null when there is none that makes sense. */
export function readPclntab(source: ByteSource, place: Extent, machine: ElfFile["machine"]): Pclntab | null {
  const head = view(source, place.offset, 72);
  const layout = head && layouts.get(head.getUint32(0, true));
  if (!head || !layout || head.getUint32(4, true) !== secondWord(machine)) return null;
  const functions = u64(head, 8);
  if (place.offset % 4 !== 0 || functions === 0 || functions > MAX_FUNCTIONS) return null;
  const size = Math.min(place.size, MAX_TABLE_BYTES);
  const common = { layout, offset: place.offset, quantum: quantumOf(machine), functions };
  if (layout === "1.2") {
    // Names and records are mixed in one table; nobody reads more than the names here.
    const whole = { offset: place.offset, size };
    return { ...common, textStart: 0, names: whole, pcTables: whole, functionTable: whole };
  }
  const offsetsAt = layout === "1.16" ? 24 : 32;
  const [names, units, files, pcTables, table] = [0, 1, 2, 3, 4].map((i) => u64(head, offsetsAt + i * 8)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const ascending = offsetsAt + 40 <= names && names < units && units <= files && files <= pcTables &&
    pcTables < table && table < size && table % 4 === 0;
  if (!ascending || (functions * 2 + 1) * entryBytes(layout) > size - table) return null;
  const extent = (from: number, to: number): Extent => ({ offset: place.offset + from, size: to - from });
  return {
    ...common,
    textStart: layout === "1.16" ? 0 : u64(head, 24) || null,
    names: extent(names, units),
    pcTables: extent(pcTables, table),
    functionTable: extent(table, size),
  };
}

/** Width of a field of the list of entries: an address, or from 1.18 a distance. */
export function entryBytes(layout: Layout): 4 | 8 {
  return layout === "1.16" ? 8 : 4;
}

function quantumOf(machine: ElfFile["machine"]): number {
  return machine === "x86_64" ? 1 : 4;
}
