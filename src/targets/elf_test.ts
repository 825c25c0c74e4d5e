import { deepEqual, equal, throws } from "node:assert/strict";
import { type ByteSource, ElfError, ElfFile } from "./elf.ts";

interface Spec {
  readonly symbols: readonly { name: string; value: number; type?: number; section?: number }[];
}

/** A small ELF: one loaded segment at 0x400000, .dynsym, .dynstr, .shstrtab. */
function makeElf({ symbols }: Spec): Uint8Array {
  const bytes = new Uint8Array(0x2000);
  const view = new DataView(bytes.buffer);
  const u64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  view.setUint32(0, 0x7f454c46);
  bytes.set([2, 1, 1], 4);
  view.setUint16(18, 62, true);
  u64(32, 64);
  u64(40, 0x1000);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, 4, true);
  view.setUint16(62, 3, true);
  view.setUint32(64, 1, true);
  u64(64 + 8, 0x100);
  u64(64 + 16, 0x400000);
  u64(64 + 32, 0x800);
  let strings = "\0";
  symbols.forEach(({ name, value, type = 2, section = 1 }, i) => {
    const at = 0x200 + i * 24;
    view.setUint32(at, strings.length, true);
    view.setUint8(at + 4, type);
    view.setUint16(at + 6, section, true);
    u64(at + 8, value);
    strings += name + "\0";
  });
  write(0x600, strings);
  const names = "\0.dynsym\0.dynstr\0.shstrtab\0";
  write(0xa00, names);
  const section = (
    i: number,
    s: { name: string; type: number; offset: number; size: number; link?: number },
  ) => {
    const at = 0x1000 + i * 64;
    view.setUint32(at, names.indexOf(s.name), true);
    view.setUint32(at + 4, s.type, true);
    u64(at + 24, s.offset);
    u64(at + 32, s.size);
    view.setUint32(at + 40, s.link ?? 0, true);
  };
  section(1, { name: ".dynsym", type: 11, offset: 0x200, size: symbols.length * 24, link: 2 });
  section(2, { name: ".dynstr", type: 3, offset: 0x600, size: strings.length });
  section(3, { name: ".shstrtab", type: 3, offset: 0xa00, size: names.length });
  return bytes;
}

function source(bytes: Uint8Array): ByteSource & { bytesRead: number } {
  return {
    bytesRead: 0,
    read(offset: number, length: number) {
      const part = bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length));
      this.bytesRead += part.length;
      return part;
    },
  };
}

const wanted = new Set(["SSL_read", "SSL_write"]);

Deno.test("functions are found by whole name and given by file offset", () => {
  const elf = new ElfFile(source(makeElf({
    symbols: [
      { name: "SSL_read_early_data", value: 0x400010 },
      { name: "SSL_read", value: 0x400020 },
      { name: "SSL_write", value: 0x400030 },
    ],
  })));
  deepEqual([...elf.functions(wanted)].sort(), [["SSL_read", 0x120], ["SSL_write", 0x130]]);
});

for (
  const [name, symbol] of [
    ["data of that name", { name: "SSL_read", value: 0x400020, type: 1 }],
    ["an import", { name: "SSL_read", value: 0, section: 0 }],
    ["an address outside every segment", { name: "SSL_read", value: 0x900000 }],
  ] as const
) {
  Deno.test(`${name} is not a function`, () => {
    equal(new ElfFile(source(makeElf({ symbols: [symbol] }))).functions(wanted).size, 0);
  });
}

Deno.test("what is not an ELF is said to be none", () => {
  throws(() => new ElfFile(source(new Uint8Array())), ElfError);
  throws(() => new ElfFile(source(new TextEncoder().encode("#!/bin/sh\n".repeat(20)))), ElfError);
});

Deno.test("any damage ends in an error of ours or an answer, quickly", () => {
  const good = makeElf({ symbols: [{ name: "SSL_read", value: 0x400020 }] });
  let seed = 1;
  const random = (below: number) => (seed = seed * 48271 % 0x7fffffff) % below;
  for (let i = 0; i < 5000; i++) {
    const bytes = good.slice(0, random(10) === 0 ? random(good.length) : good.length);
    for (let n = 0; n < 6 && bytes.length > 0; n++) {
      const at = random(3) === 0 ? random(64) : random(bytes.length);
      bytes[at] = [0, 0xff, 0x7f, random(256)][random(4)]!;
    }
    try {
      new ElfFile(source(bytes)).functions(wanted);
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
    }
  }
});

Deno.test("tables that claim to be endless are not read to their end", () => {
  const bytes = makeElf({ symbols: [{ name: "SSL_read", value: 0x400020 }] });
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x1000 + 64 + 32, 1n << 60n, true);
  view.setBigUint64(0x1000 + 128 + 32, 1n << 60n, true);
  const huge: ByteSource = {
    read(offset, length) {
      if (length > 64 << 20) throw new Error(`asked for ${length} bytes`);
      return source(bytes).read(offset, length);
    },
  };
  equal(new ElfFile(huge).functions(wanted).size, 1);
});
