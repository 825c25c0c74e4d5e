/**
 * Reads what is needed of an ELF file that nobody vouches for: every offset and size is checked, every table has a
 * limit, and nothing is read that was not asked for (agent binaries are hundreds of megabytes).
 */

import { type DynamicTables, lookup } from "./gnu_hash.ts";

const MAX_SECTIONS = 4096;
const MAX_SYMBOL_BYTES = 32 << 20;
const MAX_STRING_BYTES = 32 << 20;
const MAX_NAME_BYTES = 256;
const SYMBOL_BYTES = 24;
const STT_FUNC = 2;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SHT_GNU_HASH = 0x6ffffff6;
const PT_LOAD = 1;

/** Random access to a file's bytes; a short answer means the file ends there. */
export interface ByteSource {
  read(offset: number, length: number): Uint8Array;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly addr: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

interface Segment {
  readonly offset: number;
  readonly vaddr: number;
  readonly size: number;
}

export class ElfError extends Error {}

export class ElfFile {
  readonly machine: "x86_64" | "aarch64";
  readonly sections: readonly Section[];
  readonly #source: ByteSource;
  readonly #segments: readonly Segment[];

  /** Throws {@link ElfError} when the file is not a 64-bit little-endian ELF of a machine we know. */
  constructor(source: ByteSource) {
    this.#source = source;
    const head = this.#view(0, 64);
    if (head.getUint32(0) !== 0x7f454c46) throw new ElfError("not an ELF file");
    if (head.getUint8(4) !== 2 || head.getUint8(5) !== 1) throw new ElfError("not 64-bit little-endian");
    const machine = head.getUint16(18, true);
    if (machine !== 62 && machine !== 183) throw new ElfError(`machine ${machine} is not supported`);
    this.machine = machine === 62 ? "x86_64" : "aarch64";
    this.#segments = this.#readSegments(head);
    this.sections = this.#readSections(head);
  }

  /** Defined functions among `names`, by file offset: what a uprobe is attached to. */
  functions(names: ReadonlySet<string>): Map<string, number> {
    const found = new Map<string, number>();
    const dynamic = this.#dynamicTables();
    if (dynamic) {
      for (const name of names) {
        const symbol = lookup(this.#source, dynamic, name);
        if (symbol) this.#add(name, symbol, found);
      }
    }
    for (const section of this.sections) {
      if (found.size === names.size) break;
      if (section.type === SHT_SYMTAB || (section.type === SHT_DYNSYM && !dynamic)) {
        this.#search(section, names, found);
      }
    }
    return found;
  }

  #dynamicTables(): DynamicTables | null {
    const hash = this.sections.find(({ type }) => type === SHT_GNU_HASH);
    const symbols = hash && this.sections[hash.link];
    const strings = symbols && this.sections[symbols.link];
    return hash && symbols && strings ? { hash, symbols, strings } : null;
  }

  #search(table: Section, names: ReadonlySet<string>, found: Map<string, number>): void {
    const strings = this.sections[table.link];
    if (!strings) return;
    const symbols = this.#source.read(table.offset, Math.min(table.size, MAX_SYMBOL_BYTES));
    const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
    const text = this.#source.read(strings.offset, Math.min(strings.size, MAX_STRING_BYTES));
    // The strings say where each name starts; symbols then compare numbers, not text.
    const wanted = positions(text, names);
    if (wanted.size === 0) return;
    for (let at = 0; at + SYMBOL_BYTES <= symbols.length; at += SYMBOL_BYTES) {
      const name = wanted.get(view.getUint32(at, true));
      if (name === undefined) continue;
      this.#add(name, new DataView(symbols.buffer, symbols.byteOffset + at, SYMBOL_BYTES), found);
    }
  }

  /** Only a function that is defined here counts. */
  #add(name: string, symbol: DataView, found: Map<string, number>): void {
    if ((symbol.getUint8(4) & 0xf) !== STT_FUNC || symbol.getUint16(6, true) === 0) return;
    const offset = this.#toFileOffset(u64(symbol, 8));
    if (offset !== null) found.set(name, offset);
  }

  #toFileOffset(address: number): number | null {
    const segment = this.#segments.find((s) => address >= s.vaddr && address < s.vaddr + s.size);
    return segment ? address - segment.vaddr + segment.offset : null;
  }

  #readSegments(head: DataView): Segment[] {
    const count = head.getUint16(56, true);
    const table = this.#table(u64(head, 32), { entry: head.getUint16(54, true), count, least: 56 });
    const segments: Segment[] = [];
    for (const view of table) {
      if (view.getUint32(0, true) !== PT_LOAD) continue;
      segments.push({ offset: u64(view, 8), vaddr: u64(view, 16), size: u64(view, 32) });
    }
    return segments;
  }

  #readSections(head: DataView): Section[] {
    const count = head.getUint16(60, true);
    const table = this.#table(u64(head, 40), { entry: head.getUint16(58, true), count, least: 64 });
    const raw = table.map((view) => ({
      nameAt: view.getUint32(0, true),
      type: view.getUint32(4, true),
      addr: u64(view, 16),
      offset: u64(view, 24),
      size: u64(view, 32),
      link: view.getUint32(40, true),
    }));
    const names = raw[head.getUint16(62, true)];
    const text = names ? this.#source.read(names.offset, Math.min(names.size, 1 << 20)) : new Uint8Array();
    return raw.map(({ nameAt, ...section }) => ({ name: cStringAt(text, nameAt), ...section }));
  }

  #table(offset: number, shape: { entry: number; count: number; least: number }): DataView[] {
    if (offset === 0 || shape.count === 0) return [];
    if (shape.entry < shape.least || shape.count > MAX_SECTIONS) {
      throw new ElfError("its tables make no sense");
    }
    const bytes = this.#source.read(offset, shape.entry * shape.count);
    const views: DataView[] = [];
    for (let at = 0; at + shape.entry <= bytes.length; at += shape.entry) {
      views.push(new DataView(bytes.buffer, bytes.byteOffset + at, shape.entry));
    }
    return views;
  }

  #view(offset: number, length: number): DataView {
    const bytes = this.#source.read(offset, length);
    if (bytes.length < length) throw new ElfError("it ends early");
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}

/** Where each name starts in a string table, as a whole string. All names share a prefix, which is what is searched. */
function positions(table: Uint8Array, names: ReadonlySet<string>): Map<number, string> {
  const found = new Map<number, string>();
  const text = new TextDecoder("latin1").decode(table);
  const start = `\0${commonPrefix([...names])}`;
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
    const end = text.indexOf("\0", at + 1);
    const name = end < 0 || end - at > MAX_NAME_BYTES ? "" : text.slice(at + 1, end);
    if (names.has(name)) found.set(at + 1, name);
  }
  return found;
}

function commonPrefix([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

function cStringAt(text: Uint8Array, at: number): string {
  const end = text.indexOf(0, at);
  return new TextDecoder().decode(text.subarray(at, end < 0 ? at : Math.min(end, at + 256)));
}

/** Values above 2^53 cannot be offsets; they come out too large to match anything. */
function u64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296;
}
