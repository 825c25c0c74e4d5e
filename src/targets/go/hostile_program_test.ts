/** Whatever a file says: no throw, a bounded amount of reading, and never a hook outside executable code. */
import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { type ByteSource, ElfError, ElfFile } from "../elf/elf.ts";
import type { Finding } from "../target.ts";
import { goTls } from "./go_tls.ts";
import { at, binaryOf, MemorySource, program } from "./synthetic_program.ts";

const programs = [
  program(),
  program({ layout: "1.18", section: null }),
  program({ saysTextStart: false }),
  program({ machine: "aarch64", saysTextStart: false, section: null }),
  program({ layout: "1.16", version: { text: "go1.17.1", inline: false } }),
  program({ layout: "1.2" }),
];
/** Where damage tells most: headers, tables, code, sections. */
const regions = [[0, 0x100], [at.table, 0x300], [at.code, 0x100], [at.end, 0x200], [
  at.buildInfo,
  0x60,
]] as const;
const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xc3, 0xff), fc.integer({ min: 0, max: 255 }));
const damage = fc.tuple(fc.constantFrom(...regions), fc.nat(0x300), value);

Deno.test("any damage to any layout ends in a sound answer, quickly", () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...programs),
      fc.array(damage, { maxLength: 8 }),
      fc.option(fc.nat(0x3400)),
      (good, changes, length) => {
        const bytes = good.slice(0, length ?? good.length);
        for (const [[from, size], offset, byte] of changes) {
          bytes.fill(byte, from + offset % size, from + offset % size + 1);
        }
        const source = new MemorySource(bytes);
        let elf: ElfFile;
        try {
          elf = new ElfFile(source);
        } catch (error) {
          if (error instanceof ElfError) return;
          throw error;
        }
        const finding = goTls({ elf, source });
        checkHooks(finding, elf);
        found += finding.stacks.length;
        ok(source.reads < 5000, `${source.reads} reads`);
        ok(source.bytesRead < 2 << 20, `${source.bytesRead} bytes read`);
      },
    ),
    { numRuns: 4000 },
  );
  ok(found > 400, `${found} were found, too few to say anything`);
});

function checkHooks({ stacks }: Finding, { segments }: ElfFile): void {
  for (const { offset, returns = [] } of stacks.flatMap(({ hooks }) => hooks)) {
    const segment = segments.find((s) => s.executable && offset >= s.offset && offset < s.offset + s.size);
    ok(segment, `a hook at ${offset}, which is not executable`);
    ok(returns.length > 0 && returns.every((site) => site > offset && site < segment.offset + segment.size));
  }
}

/** A file of `size` bytes that repeats `pattern` from `start` on, behind a real head. */
class Endless implements ByteSource {
  bytesRead = 0;
  constructor(readonly head: Uint8Array, readonly pattern: Uint8Array, readonly start: number) {}

  read(offset: number, length: number): Uint8Array {
    if (length > 1 << 20) throw new Error(`asked for ${length} bytes`);
    const bytes = new Uint8Array(length);
    const shift = offset % this.pattern.length;
    for (let i = -shift; i < length; i += this.pattern.length) {
      bytes.set(
        this.pattern.subarray(Math.max(0, -i), Math.min(this.pattern.length, length - i)),
        Math.max(0, i),
      );
    }
    if (offset < this.start) bytes.set(this.head.subarray(offset, Math.min(this.start, offset + length)));
    this.bytesRead += length;
    return bytes;
  }
}

const word = (...values: number[]) => new Uint8Array(new Uint32Array(values).buffer);
const u64 = (bytes: Uint8Array, where: number, to: bigint) =>
  new DataView(bytes.buffer).setBigUint64(where, to, true);
const segmentSize = (index: number) => 64 + index * 56 + 32;

Deno.test("a segment full of table headers is searched once", () => {
  const head = program({ section: null });
  u64(head, segmentSize(1), 1n << 40n);
  const source = new Endless(head, word(0xfffffff1, 0x08010000), at.data);
  deepEqual(goTls({ elf: new ElfFile(source), source }), { stacks: [], refusals: [] });
  ok(source.bytesRead < 4 << 20, `${source.bytesRead} bytes`);
});

Deno.test("code full of return instructions does not show where Go's begins", () => {
  const head = program({ saysTextStart: false });
  u64(head, segmentSize(0), 64n << 20n);
  const source = new Endless(head, word(0xc3c3c3c3), head.length);
  const { stacks, refusals } = goTls({ elf: new ElfFile(source), source });
  deepEqual(stacks, []);
  deepEqual(refusals.map(({ reason }) => reason), [
    "too much of its code looks like that of its function table",
  ]);
});

Deno.test("a table full of one name's position is left", () => {
  const bytes = program();
  const records = at.table + 0x180 + 28;
  // All records claim to be crypto/tls.(*Conn).Write and to be at its entry.
  bytes.set(word(...Array<number[]>(60).fill([64, 13]).flat()), records);
  const { stacks, refusals } = goTls(binaryOf(bytes));
  deepEqual(stacks, []);
  deepEqual(refusals.length, 1);
});
