/** For tests: a small program with Go's tables, in every layout, and with two functions of equal code. */
import { type ByteSource, ElfFile } from "../elf/elf.ts";
import type { Layout } from "./pclntab.ts";

export interface ProgramOptions {
  readonly layout?: Layout;
  readonly machine?: ElfFile["machine"];
  /** The name of the table's section; null leaves all sections out. */
  readonly section?: string | null;
  /** Whether the table says where the code starts, as it does not since Go 1.26. */
  readonly saysTextStart?: boolean;
  readonly version?: { readonly text: string; readonly inline: boolean } | null;
  readonly names?: readonly string[];
}

/** Of its functions; the first has no code of its own. */
export const names: readonly string[] = [
  "runtime.main",
  "crypto/tls.(*Conn).Write",
  "crypto/tls.(*Conn).Read",
];
/** File offsets. Code begins behind what a C linker adds, the table behind other constants. */
export const at = {
  text: 0x1000,
  code: 0x1100,
  data: 0x2000,
  table: 0x2100,
  buildInfo: 0x2f00,
  end: 0x3000,
} as const;
export const functionBytes = 64;
export const functionAt = (index: number) => at.code + index * functionBytes;
/** Return instructions, from a function's entry. */
export const returnsAt = { x86_64: [16, 28], aarch64: [20, 32] } as const;

const IMAGE_BASE = 0x400000;
const textStart = IMAGE_BASE + at.code;
const sectionsAt = at.end;

const machineCode = {
  // cmp rsp,[r14+16]; jbe 32; sub rsp,24; nop; add rsp,24; ret; nop; add rsp,24; ret; nop; 32: call; jmp 0
  x86_64: "493b6610 761a 4883ec18 9090 4883c418 c3 90909090909090 4883c418 c3 909090 e800000000 ebd9 90",
  // ldr x16,[x28,16]; cmp sp,x16; b.ls 36; sub sp,sp,32; add; 20: ret; nop; add; 32: ret; 36: nop; bl; b 0
  aarch64:
    "900b40f9 ff6330eb e9000054 ff8300d1 ff830091 c0035fd6 1f2003d5 ff830091 c0035fd6 1f2003d5 00000094 f5ffff17",
} as const;

/** (change of the stack delta, distance in quanta), from -1. */
const deltas = {
  x86_64: [[1, 10], [24, 6], [-24, 1], [24, 11], [-24, 1], [24, 3], [-24, 8]],
  aarch64: [[1, 4], [32, 1], [-32, 1], [32, 2], [-32, 4]],
} as const;

export function program(options: ProgramOptions = {}): Uint8Array {
  const { machine = "x86_64", section = ".gopclntab", version = { text: "go1.22.5", inline: true } } =
    options;
  const out = new Writer(new Uint8Array(at.end + (section === null ? 0 : 0x400)));
  out.u32(0, 0x464c457f).set(4, [2, 1, 1]).u16(16, 2).u16(18, machine === "x86_64" ? 62 : 183);
  out.u64(32, 64).u16(54, 56).u16(56, 2);
  const segment = (index: number, s: { flags: number; from: number; to: number }) => {
    const header = 64 + index * 56;
    out.u32(header, 1).u32(header + 4, s.flags).u64(header + 8, s.from).u64(header + 16, IMAGE_BASE + s.from);
    out.u64(header + 32, s.to - s.from).u64(header + 40, s.to - s.from);
  };
  segment(0, { flags: 5, from: at.text, to: at.data });
  segment(1, { flags: 4, from: at.data, to: at.end });
  for (const index of [1, 2]) out.set(functionAt(index), bytesOf(machineCode[machine]));
  out.set(at.table, table({ ...options, machine }));
  if (version) writeBuildInfo(out, version);
  if (section !== null) writeSections(out, section);
  return out.bytes;
}

function table(
  { layout = "1.20", machine = "x86_64", saysTextStart = true, ...options }: ProgramOptions,
): Uint8Array {
  const out = new Writer(new Uint8Array(0x400));
  const magic = { "1.2": 0xfffffffb, "1.16": 0xfffffffa, "1.18": 0xfffffff0, "1.20": 0xfffffff1 }[layout];
  const nameList = options.names ?? names;
  out.u32(0, magic).set(6, [machine === "x86_64" ? 1 : 4, 8]).u64(8, nameList.length);
  const wide = layout === "1.16";
  const [namesAt, unitsAt, pcAt, listAt] = [0x48, 0x100, 0x140, 0x180];
  const positions = nameList.map((_, i) => nameList.slice(0, i).join("\0").length + (i > 0 ? 1 : 0));
  out.set(namesAt, new TextEncoder().encode(nameList.join("\0") + "\0"));
  if (layout === "1.2") return out.bytes;
  if (!wide && saysTextStart) out.u64(24, textStart);
  [namesAt, unitsAt, unitsAt, pcAt, listAt].forEach((where, i) => out.u64((wide ? 24 : 32) + i * 8, where));
  out.set(pcAt + 1, deltas[machine].flatMap(([change, distance]) => [...leb128(zigzag(change)), distance]));
  const width = wide ? 8 : 4;
  const put = (where: number, value: number) => wide ? out.u64(where, value) : out.u32(where, value);
  const records = (nameList.length * 2 + 1) * width;
  for (let i = 0; i <= nameList.length; i++) {
    const entry = (wide ? textStart : 0) + i * functionBytes;
    put(listAt + i * 2 * width, entry);
    if (i === nameList.length) break;
    const record = records + i * 40;
    put(listAt + (i * 2 + 1) * width, record);
    put(listAt + record, entry);
    out.u32(listAt + record + width, positions[i]!).u32(listAt + record + width + 12, 1);
  }
  return out.bytes;
}

function writeBuildInfo(out: Writer, { text, inline }: { text: string; inline: boolean }): void {
  const bytes = new TextEncoder().encode(text);
  out.set(at.buildInfo, [0xff, ...new TextEncoder().encode(" Go buildinf:"), 8, inline ? 2 : 0]);
  if (inline) {
    out.set(at.buildInfo + 32, [bytes.length]).set(at.buildInfo + 33, bytes);
    return;
  }
  out.u64(at.buildInfo + 16, IMAGE_BASE + at.buildInfo + 48);
  out.u64(at.buildInfo + 48, IMAGE_BASE + at.buildInfo + 64).u64(at.buildInfo + 56, bytes.length);
  out.set(at.buildInfo + 64, bytes);
}

function writeSections(out: Writer, tableName: string): void {
  const sections = [
    { name: "", type: 0, from: 0, to: 0 },
    { name: tableName, type: 1, from: at.table, to: at.buildInfo },
    { name: ".go.buildinfo", type: 1, from: at.buildInfo, to: at.end },
    { name: ".shstrtab", type: 3, from: sectionsAt + 0x200, to: sectionsAt + 0x300 },
  ];
  out.u64(40, sectionsAt).u16(58, 64).u16(60, sections.length).u16(62, sections.length - 1);
  const text = sections.map(({ name }) => name).join("\0") + "\0";
  out.set(sectionsAt + 0x200, new TextEncoder().encode(text));
  sections.forEach(({ name, type, from, to }, i) => {
    const header = sectionsAt + i * 64;
    out.u32(header, name === "" ? 0 : text.indexOf(`\0${name}\0`) + 1).u32(header + 4, type);
    out.u64(header + 16, IMAGE_BASE + from).u64(header + 24, from).u64(header + 32, to - from);
  });
}

export class MemorySource implements ByteSource {
  /** Bytes handed out so far. */
  bytesRead = 0;
  reads = 0;
  constructor(readonly bytes: Uint8Array) {}

  read(offset: number, length: number): Uint8Array {
    if (!Number.isSafeInteger(offset) || offset < 0 || !(length > 0)) return new Uint8Array();
    const part = this.bytes.slice(offset, offset + length);
    this.bytesRead += part.length;
    this.reads++;
    return part;
  }
}

/** The examined form of a program. */
export function binaryOf(bytes: Uint8Array): { elf: ElfFile; source: MemorySource } {
  const source = new MemorySource(bytes);
  return { elf: new ElfFile(source), source };
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb128(value >> 7)];
}

function bytesOf(hex: string): number[] {
  return hex.replaceAll(" ", "").match(/../g)!.map((byte) => parseInt(byte, 16));
}

class Writer {
  readonly #view: DataView;
  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  set(where: number, values: ArrayLike<number>): this {
    this.bytes.set(values, where);
    return this;
  }

  u16(where: number, value: number): this {
    this.#view.setUint16(where, value, true);
    return this;
  }

  u32(where: number, value: number): this {
    this.#view.setUint32(where, value, true);
    return this;
  }

  u64(where: number, value: number): this {
    this.#view.setBigUint64(where, BigInt(value), true);
    return this;
  }
}
