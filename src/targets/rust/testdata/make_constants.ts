/** Small ELF files for tests: code at 0x1000, constants at 0x2000, relocations behind them; loaded at 0. */
import { Buffer } from "node:buffer";
import { type ByteSource, ElfFile } from "../../elf/elf.ts";
import type { Binary } from "../../target.ts";

const CODE = 0x1000;
export const DATA = 0x2000;

export interface ConstantsSpec {
  /** By address. */
  readonly words: ReadonlyMap<number, number>;
  /** "rela": what points to code is in a relocation, and 0 in its place. */
  readonly addresses: "plain" | "rela";
  readonly machine?: "x86_64" | "aarch64";
  /** false: no section table. */
  readonly sections?: boolean;
}

export function makeConstants(
  { words, addresses, machine = "x86_64", sections = true }: ConstantsSpec,
): Binary {
  const end = [...words.keys()].reduce((last, at) => Math.max(last, at), DATA) + 8;
  const moved = [...words].filter(([, word]) => addresses === "rela" && word >= CODE && word < DATA);
  const places = new Set(moved.map(([place]) => place));
  const names = "\0.data.rel.ro\0.rela.dyn\0.shstrtab\0";
  const relaSize = moved.length * 24;
  const table = end + relaSize + 64;
  const image = Buffer.alloc(table + 4 * 64);
  image.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  image.writeUInt16LE(machine === "x86_64" ? 62 : 183, 18);
  u64(image, 32, 64);
  [56, 2, 64].forEach((value, i) => image.writeUInt16LE(value, 54 + i * 2));
  if (sections) {
    u64(image, 40, table);
    image.writeUInt16LE(4, 60);
    image.writeUInt16LE(3, 62);
  }
  const segments: [flags: number, at: number, size: number][] = [[5, CODE, DATA - CODE], [
    6,
    DATA,
    end - DATA,
  ]];
  segments.forEach(([flags, at, size], i) => {
    image.writeUInt32LE(1, 64 + i * 56);
    image.writeUInt32LE(flags, 68 + i * 56);
    [at, at, at, size, size].forEach((value, k) => u64(image, 72 + i * 56 + k * 8, value));
  });
  for (const [at, word] of words) u64(image, at, places.has(at) ? 0 : word);
  moved.forEach(([place, word], i) => {
    [place, machine === "x86_64" ? 8 : 1027, word].forEach((value, k) =>
      u64(image, end + i * 24 + k * 8, value)
    );
  });
  image.write(names, end + relaSize, "latin1");
  const parts: [name: string, type: number, at: number, size: number][] = [
    [".data.rel.ro", 1, DATA, end - DATA],
    [".rela.dyn", 4, end, relaSize],
    [".shstrtab", 3, end + relaSize, names.length],
  ];
  parts.forEach(([name, type, at, size], i) => {
    const entry = table + (i + 1) * 64;
    image.writeUInt32LE(names.indexOf(name), entry);
    image.writeUInt32LE(type, entry + 4);
    [at, at, size].forEach((value, k) => u64(image, entry + 16 + k * 8, value));
  });
  const source: ByteSource = { read: (offset, length) => image.subarray(offset, offset + length) };
  return { elf: new ElfFile(source), source };
}

function u64(image: Buffer, at: number, value: number): void {
  image.writeBigUInt64LE(BigInt(value), at);
}
