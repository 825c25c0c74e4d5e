import { deepEqual, equal } from "node:assert/strict";
import { Image } from "./image.ts";
import { binaryOf, readProgram } from "./testdata/programs.ts";
import { readUnwindTable, UnwindTable } from "./unwind_table.ts";

const extents = [{ start: 0x10, end: 0x20 }, { start: 0x20, end: 0x28 }, { start: 0x40, end: 0x50 }];
const table = new UnwindTable({
  count: extents.length,
  start: (i) => extents[i]?.start ?? Infinity,
  end: (i) => extents[i]?.end ?? 0,
});

Deno.test("an address is in the code described last before it, or in none", () => {
  const at = (address: number) => table.containing(address)?.start;
  // Twice, since answers are kept.
  for (let i = 0; i < 2; i++) {
    deepEqual([0, 0xf, 0x10, 0x1f, 0x20, 0x27, 0x28, 0x3f, 0x40, 0x50].map(at), [
      undefined,
      undefined,
      0x10,
      0x10,
      0x20,
      0x20,
      undefined,
      undefined,
      0x40,
      undefined,
    ]);
  }
});

Deno.test("a program without a table has no described code", () => {
  const binary = binaryOf(readProgram("boringssl-x64"));
  equal(readUnwindTable(binary, new Image(binary)).containing(0x200200), null);
});
