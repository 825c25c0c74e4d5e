/** The small programs beside this file, and ELF files made of given bytes. */
import type { ByteSource } from "../../elf/elf.ts";
import { ElfFile } from "../../elf/elf.ts";
import type { Binary } from "../../target.ts";

export function sourceOf(bytes: Uint8Array): ByteSource {
  return { read: (offset, length) => bytes.slice(Math.max(0, offset), Math.max(0, offset + length)) };
}

export function binaryOf(bytes: Uint8Array): Binary {
  const source = sourceOf(bytes);
  return { elf: new ElfFile(source), source };
}

export function readProgram(name: string): Uint8Array {
  return Deno.readFileSync(new URL(`${name}.elf`, import.meta.url));
}

/** Where the program's functions begin in its file, by name, as its linker said. */
export function functionsOf(name: string): Map<string, number> {
  const { elf } = binaryOf(readProgram(name));
  const lines = Deno.readTextFileSync(new URL(`${name}.symbols`, import.meta.url)).trim().split("\n");
  return new Map(lines.map((line) => {
    const [symbol = "", address = ""] = line.split(" ");
    return [symbol, elf.toFileOffset(parseInt(address, 16)) ?? -1];
  }));
}

export interface Part {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /** As the program header has it, if not the bytes' length. */
  readonly size?: number;
}

const X86_64 = 62;
const HEADERS = 64;
const ENTRY = 56;

/** An ELF file without sections whose segments are the parts, one after the other. */
export function makeElf(parts: readonly Part[], { machine = X86_64, type = 2 } = {}): Uint8Array {
  const start = HEADERS + ENTRY * parts.length;
  const bytes = new Uint8Array(start + parts.reduce((sum, part) => sum + part.bytes.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x7f454c46);
  bytes.set([2, 1, 1], 4);
  view.setUint16(16, type, true);
  view.setUint16(18, machine, true);
  view.setBigUint64(32, BigInt(HEADERS), true);
  view.setUint16(54, ENTRY, true);
  view.setUint16(56, parts.length, true);
  let offset = start;
  parts.forEach(({ address, bytes: content, executable, size = content.length }, i) => {
    const at = HEADERS + ENTRY * i;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, executable ? 5 : 4, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, BigInt(address), true);
    view.setBigUint64(at + 32, BigInt(size), true);
    view.setBigUint64(at + 40, BigInt(size), true);
    bytes.set(content, offset);
    offset += content.length;
  });
  return bytes;
}
