import { deepEqual, equal, throws } from "node:assert/strict";
import { type ByteSource, ElfError, ElfFile } from "./elf.ts";
import { makeElf, sourceOf } from "./testdata/make_elf.ts";

const SECTION_COUNT = 60;
const SECTION_ENTRY = 58;
const SECTION_TABLE = 40;

Deno.test("segments and sections are what the headers say", () => {
  const elf = new ElfFile(sourceOf(makeElf({ table: [{ name: "main", at: 0x1010 }] })));
  equal(elf.machine, "x86_64");
  deepEqual(elf.segments.map(({ offset, vaddr, executable }) => ({ offset, vaddr, executable })), [
    { offset: 0x1000, vaddr: 0x401000, executable: true },
    { offset: 0x2000, vaddr: 0x402000, executable: false },
  ]);
  deepEqual(elf.sections.map(({ name }) => name), ["", ".symtab", ".strtab", ".shstrtab"]);
  equal(elf.damage, null);
});

Deno.test("addresses become file offsets, and code only where it is executable", () => {
  const elf = new ElfFile(sourceOf(makeElf({ table: [] })));
  equal(elf.toFileOffset(0x401010), 0x1010);
  equal(elf.toFileOffset(0x402000), 0x2000);
  equal(elf.toFileOffset(0x900000), null);
  equal(elf.toCodeOffset(0x401010), 0x1010);
  equal(elf.toCodeOffset(0x402000), null);
});

for (
  const [name, bytes] of [
    ["an empty file", new Uint8Array()],
    ["a script", new TextEncoder().encode("#!/bin/sh\n".repeat(20))],
    ["an ELF file that ends in its header", makeElf({}).subarray(0, 50)],
    ["another machine", makeElf({ machine: 8 })],
  ] as const
) {
  Deno.test(`${name} is refused by the constructor`, () => {
    throws(() => new ElfFile(sourceOf(bytes)), ElfError);
  });
}

for (
  const [name, damage] of [
    ["more sections than any linker writes", (view: DataView) => view.setUint16(SECTION_COUNT, 5000, true)],
    ["entries that are too small", (view: DataView) => view.setUint16(SECTION_ENTRY, 8, true)],
    ["a section table behind the end", (view: DataView) => view.setBigUint64(SECTION_TABLE, 1n << 60n, true)],
  ] as const
) {
  Deno.test(`${name}: said, and the segments stand`, () => {
    const bytes = makeElf({ table: [{ name: "main", at: 0x1010 }] });
    damage(new DataView(bytes.buffer));
    const elf = new ElfFile(sourceOf(bytes));
    deepEqual(elf.sections, []);
    equal(typeof elf.damage, "string");
    equal(elf.segments.length, 2);
  });
}

Deno.test("a file without sections is not damaged", () => {
  const bytes = makeElf({});
  new DataView(bytes.buffer).setBigUint64(SECTION_TABLE, 0n, true);
  equal(new ElfFile(sourceOf(bytes)).damage, null);
});

Deno.test("nothing is read that was not asked for", () => {
  const source = sourceOf(makeElf({ table: [{ name: "main", at: 0x1010 }] }));
  const asked: number[] = [];
  const counted: ByteSource = {
    read(offset, length) {
      asked.push(length);
      return source.read(offset, length);
    },
  };
  new ElfFile(counted);
  deepEqual(asked, [4096]);
});
