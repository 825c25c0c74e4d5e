import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { readStackDeltas } from "./stack_deltas.ts";

const read = (bytes: number[], { quantum = 1, size = 4096 } = {}) =>
  readStackDeltas(new Uint8Array(bytes), { quantum, size });

Deno.test("changes are signed and start at -1, distances are in quanta", () => {
  // +1, 2 quanta; +24, 5; -24, 1; +200 (two bytes), 300 (two bytes); end.
  const bytes = [2, 2, 48, 5, 47, 1, 0x90, 0x03, 0xac, 0x02, 0];
  deepEqual(read(bytes, { quantum: 4 }), [
    { start: 0, end: 8, delta: 0 },
    { start: 8, end: 28, delta: 24 },
    { start: 28, end: 32, delta: 0 },
    { start: 32, end: 1232, delta: 200 },
  ]);
});

Deno.test("a first change of 0 is no end", () => {
  deepEqual(read([0, 4, 0]), [{ start: 0, end: 4, delta: -1 }]);
});

for (
  const [name, bytes, size] of [
    ["cut off in a number", [2, 0x80], 4096],
    ["cut off between numbers", [2, 2, 48], 4096],
    ["without an end", [2, 2], 4096],
    ["empty", [], 4096],
    ["a number of six bytes", [2, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 0], 4096],
    ["a distance of 0", [2, 0, 0], 4096],
    ["beyond the function", [2, 2, 48, 5, 0], 6],
    ["of too many ranges", [...Array(1024).fill([2, 1]).flat(), 0], 4096],
  ] as const
) {
  Deno.test(`a table is refused: ${name}`, () => equal(read([...bytes], { size }), null));
}

Deno.test("any bytes give ranges in order within the function, or none", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(1, 4), (bytes, quantum) => {
    const size = 512;
    let end = 0;
    for (const range of readStackDeltas(bytes, { quantum, size }) ?? []) {
      equal(range.start, end);
      end = range.end;
      if (range.end <= range.start || range.end > size) throw new Error("a range out of order");
    }
  }));
});
