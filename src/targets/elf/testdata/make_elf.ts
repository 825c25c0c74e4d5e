/** Small ELF files for tests, written as a linker would: code at file offset 0x1000, tables behind it. */
import type { ByteSource } from "../elf.ts";
import { gnuHash } from "../gnu_hash.ts";
import { sysvHash } from "../sysv_hash.ts";

const BASE = 0x400000;
const CODE = 0x1000;
const TABLES = 0x2000;

export interface SymbolSpec {
  readonly name: string;
  /** File offset; code lies at 0x1000 to 0x2000. */
  readonly at: number;
  readonly size?: number;
  /** STT_FUNC unless said otherwise. */
  readonly type?: number;
  /** 0: an import. */
  readonly section?: number;
  /** Of .gnu.version. */
  readonly version?: number;
}

export interface ElfSpec {
  readonly exported?: readonly SymbolSpec[];
  readonly table?: readonly SymbolSpec[];
  readonly hash?: "gnu" | "sysv" | "none";
  readonly buildId?: string;
  readonly debugLink?: string;
  readonly machine?: number;
}

interface Part {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Name of the part its sh_link names. */
  readonly link?: string;
}

export function makeElf(
  { exported, table, hash = "gnu", buildId, debugLink, machine = 62 }: ElfSpec,
): Uint8Array {
  const parts: Part[] = [];
  if (exported) {
    const { symbols, strings } = tables(exported);
    parts.push({ name: ".dynsym", type: 11, bytes: symbols, link: ".dynstr" });
    parts.push({ name: ".dynstr", type: 3, bytes: strings });
    if (hash === "gnu") parts.push({ name: ".gnu.hash", type: 0x6ffffff6, bytes: gnuTable(exported) });
    if (hash === "sysv") parts.push({ name: ".hash", type: 5, bytes: sysvTable(exported) });
    const versions = Uint16Array.from([0, ...exported.map(({ version = 1 }) => version)]);
    parts.push({ name: ".gnu.version", type: 0x6fffffff, bytes: new Uint8Array(versions.buffer) });
    parts.push({ name: ".dynamic", type: 6, bytes: new Uint8Array(16 * 8) });
  }
  if (table) {
    const { symbols, strings } = tables(table);
    parts.push({ name: ".symtab", type: 2, bytes: symbols, link: ".strtab" });
    parts.push({ name: ".strtab", type: 3, bytes: strings });
  }
  if (buildId) {
    parts.push({ name: ".note.gnu.build-id", type: 7, bytes: note(Uint8Array.fromHex(buildId)) });
  }
  if (debugLink) {
    parts.push({ name: ".gnu_debuglink", type: 1, bytes: new TextEncoder().encode(`${debugLink}\0\0\0\0`) });
  }
  return assemble(parts, machine);
}

/** Bytes as a file; counts what is read. */
export function sourceOf(bytes: Uint8Array): ByteSource & { readonly size: number; bytesRead: number } {
  return {
    size: bytes.length,
    bytesRead: 0,
    read(offset: number, length: number) {
      const part = bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length));
      this.bytesRead += part.length;
      return part;
    },
  };
}

function assemble(parts: readonly Part[], machine: number): Uint8Array {
  const names = "\0.shstrtab\0" + parts.map(({ name }) => `${name}\0`).join("");
  const all = [...parts, { name: ".shstrtab", type: 3, bytes: new TextEncoder().encode(names) }];
  const offsets: number[] = [];
  let end = TABLES;
  for (const { bytes } of all) {
    offsets.push(end);
    end = Math.ceil((end + bytes.length) / 8) * 8;
  }
  const image = new Uint8Array(end + (all.length + 1) * 64);
  const view = new DataView(image.buffer);
  const u64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  all.forEach(({ bytes }, i) => image.set(bytes, offsets[i]));
  const offsetOf = (name: string) => offsets[all.findIndex((part) => part.name === name)] ?? 0;
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(18, machine, true);
  u64(32, 64);
  u64(40, end);
  view.setUint16(54, 56, true);
  view.setUint16(56, 3, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, all.length + 1, true);
  view.setUint16(62, all.length, true);
  const dynamic = offsetOf(".dynamic");
  const headers: [type: number, flags: number, offset: number, size: number][] = [
    [1, 5, CODE, TABLES - CODE],
    [1, 4, TABLES, end - TABLES],
    dynamic ? [2, 4, dynamic, 16 * 8] : [0, 0, 0, 0],
  ];
  headers.forEach(([type, flags, offset, size], i) => {
    const at = 64 + i * 56;
    view.setUint32(at, type, true);
    view.setUint32(at + 4, flags, true);
    u64(at + 8, offset);
    u64(at + 16, BASE + offset);
    u64(at + 32, size);
  });
  if (dynamic) {
    const strings = all.find(({ name }) => name === ".dynstr")!.bytes.length;
    const entries: [tag: number, value: number][] = [
      [5, BASE + offsetOf(".dynstr")],
      [6, BASE + offsetOf(".dynsym")],
      [10, strings],
      [0x6ffffff0, BASE + offsetOf(".gnu.version")],
    ];
    if (offsetOf(".gnu.hash")) entries.push([0x6ffffef5, BASE + offsetOf(".gnu.hash")]);
    if (offsetOf(".hash")) entries.push([4, BASE + offsetOf(".hash")]);
    entries.forEach(([tag, value], i) => {
      u64(dynamic + i * 16, tag);
      u64(dynamic + i * 16 + 8, value);
    });
  }
  all.forEach(({ name, type, bytes, link }: Part, i) => {
    const at = end + (i + 1) * 64;
    view.setUint32(at, names.indexOf(`\0${name}\0`) + 1, true);
    view.setUint32(at + 4, type, true);
    u64(at + 16, BASE + offsets[i]!);
    u64(at + 24, offsets[i]!);
    u64(at + 32, bytes.length);
    view.setUint32(at + 40, link ? all.findIndex((part) => part.name === link) + 1 : 0, true);
  });
  return image;
}

function tables(specs: readonly SymbolSpec[]): { symbols: Uint8Array; strings: Uint8Array } {
  const symbols = new Uint8Array((specs.length + 1) * 24);
  const view = new DataView(symbols.buffer);
  let strings = "\0";
  specs.forEach(({ name, at, size = 64, type = 2, section = 1 }, i) => {
    const entry = (i + 1) * 24;
    view.setUint32(entry, strings.length, true);
    view.setUint8(entry + 4, 0x10 | type);
    view.setUint16(entry + 6, section, true);
    view.setBigUint64(entry + 8, BigInt(BASE + at), true);
    view.setBigUint64(entry + 16, BigInt(size), true);
    strings += `${name}\0`;
  });
  return { symbols, strings: new TextEncoder().encode(strings) };
}

/** One bucket; the filter holds the names and nothing else. */
function gnuTable(specs: readonly SymbolSpec[]): Uint8Array {
  const hashes = specs.map(({ name }) => gnuHash(name));
  const bloom = [0, 0];
  for (const hash of hashes) {
    for (const bit of [hash & 63, (hash >>> 6) & 63]) bloom[bit >>> 5]! |= 1 << (bit & 31);
  }
  const chain = hashes.map((hash, i) => (i === hashes.length - 1 ? hash | 1 : hash & ~1) >>> 0);
  return bytesOf([1, 1, 1, 6, ...bloom, 1, ...chain]);
}

/** Two buckets, so that the hash decides. */
function sysvTable(specs: readonly SymbolSpec[]): Uint8Array {
  const buckets = [0, 0];
  const chain = [0, ...specs.map(() => 0)];
  specs.forEach(({ name }, i) => {
    const bucket = sysvHash(name) % 2;
    chain[i + 1] = buckets[bucket]!;
    buckets[bucket] = i + 1;
  });
  return bytesOf([2, chain.length, ...buckets, ...chain]);
}

function note(id: Uint8Array): Uint8Array {
  const head = bytesOf([4, id.length, 3]);
  return Uint8Array.of(...head, 0x47, 0x4e, 0x55, 0, ...id);
}

function bytesOf(words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words, (word) => word >>> 0).buffer);
}
