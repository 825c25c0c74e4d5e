/**
 * Searches a file's .symtab, in pieces: the strings first, which say where each wanted name starts, then the symbols,
 * which are compared by number and not by text.
 */
import { MAX_NAME_BYTES, type NameSearch } from "./name_search.ts";
import type { Section } from "./elf.ts";
import { type ElfSymbol, functionOf, SYMBOL_BYTES } from "./symbol_entry.ts";
import type { Binary } from "../target.ts";

const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
/** Eight million symbols; two tables of this size take 0.3 s, made for the worst 1 s. */
const MAX_TABLE_BYTES = 192 << 20;
const STRING_PIECE_BYTES = 1 << 18;
const SYMBOL_PIECE_BYTES = SYMBOL_BYTES << 13;
const MAX_POSITIONS = 4096;
const MAX_USES = 65_536;
const MAX_DEFINITIONS = 16;

export interface TableSearch {
  /** Definitions at different addresses, by name as it is in the table. */
  readonly functions: ReadonlyMap<string, readonly ElfSymbol[]>;
  /** Why the answer is not complete, as a clause. */
  readonly limit: string | null;
}

const nothing: TableSearch = { functions: new Map(), limit: null };

/** Finds functions by name. A limit makes the answer empty, never partial: uniqueness could not be told. */
export function searchSymbolTable(binary: Binary, wanted: NameSearch): TableSearch {
  const { sections, damage } = binary.elf;
  if (damage !== null) return { ...nothing, limit: damage };
  const tables = sections.filter(({ type }) => type === SHT_SYMTAB);
  const [symbols] = tables;
  if (!symbols) return nothing;
  const strings = sections[symbols.link];
  if (tables.length > 1 || strings?.type !== SHT_STRTAB) {
    return { ...nothing, limit: "its symbol table makes no sense" };
  }
  if (symbols.size > MAX_TABLE_BYTES || strings.size > MAX_TABLE_BYTES) {
    const size = Math.max(symbols.size, strings.size);
    return { ...nothing, limit: `its symbol table is too large (${(size / 1e6).toFixed(0)} MB)` };
  }
  const names = namePositions(binary, strings, wanted);
  if (names.size === 0) return nothing;
  if (names.size > MAX_POSITIONS) return { ...nothing, limit: "its string table repeats names without end" };
  const functions = definitions(binary, symbols, names);
  return functions
    ? { functions, limit: null }
    : { ...nothing, limit: "its symbol table repeats names without end" };
}

/** Where wanted names start, by offset in the string table. A name may be the tail of another: linkers share those. */
function namePositions({ source }: Binary, strings: Section, wanted: NameSearch): Map<number, string> {
  const found = new Map<number, string>();
  const into = new Uint8Array(Math.min(STRING_PIECE_BYTES, strings.size));
  for (let at = 0; at < strings.size; at += STRING_PIECE_BYTES - MAX_NAME_BYTES) {
    const bytes = source.read(strings.offset + at, Math.min(STRING_PIECE_BYTES, strings.size - at), { into });
    for (const [start, name] of wanted.in(bytes)) {
      found.set(at + start, name);
      if (found.size > MAX_POSITIONS) return found;
    }
    if (bytes.length < STRING_PIECE_BYTES) break;
  }
  return found;
}

/** Null when there are more symbols of these names than any program has. */
function definitions(
  { source }: Binary,
  table: Section,
  names: ReadonlyMap<number, string>,
): Map<string, ElfSymbol[]> | null {
  const found = new Map<string, ElfSymbol[]>();
  // Nearly every symbol fails this test, which is six times faster than the map.
  const maybe = new Uint8Array(1 << 16);
  for (const at of names.keys()) maybe[at & 0xffff] = 1;
  const into = new Uint8Array(Math.min(SYMBOL_PIECE_BYTES, table.size));
  let uses = 0;
  for (let at = 0; at < table.size; at += SYMBOL_PIECE_BYTES) {
    const bytes = source.read(table.offset + at, Math.min(SYMBOL_PIECE_BYTES, table.size - at), { into });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i + SYMBOL_BYTES <= bytes.length; i += SYMBOL_BYTES) {
      const nameAt = view.getUint32(i, true);
      if (maybe[nameAt & 0xffff] === 0) continue;
      const name = names.get(nameAt);
      if (name === undefined) continue;
      if (++uses > MAX_USES) return null;
      const symbol = functionOf(new DataView(bytes.buffer, bytes.byteOffset + i, SYMBOL_BYTES));
      if (symbol) addDefinition(found, name, symbol);
    }
    if (bytes.length < SYMBOL_PIECE_BYTES) break;
  }
  return found;
}

function addDefinition(found: Map<string, ElfSymbol[]>, name: string, symbol: ElfSymbol): void {
  const known = found.get(name) ?? [];
  if (known.some(({ address }) => address === symbol.address) || known.length >= MAX_DEFINITIONS) return;
  found.set(name, [...known, symbol]);
}
