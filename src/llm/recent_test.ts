import assert from "node:assert/strict";
import { Recent } from "./recent.ts";

Deno.test("the oldest is forgotten; what is written again is the youngest", () => {
  const recent = new Recent<number>(2);
  for (const [key, value] of [["a", 1], ["b", 2], ["a", 3], ["c", 4]] as const) recent.set(key, value);
  assert.deepEqual(["a", "b", "c"].map((key) => recent.get(key)), [3, undefined, 4]);
  recent.delete("a");
  assert.equal(recent.get("a"), undefined);
});

Deno.test("a long key is not kept itself", () => {
  const recent = new Recent<number>(1_000);
  const key = (n: number) => `${n}${"x".repeat(1 << 20)}`;
  const before = Deno.memoryUsage();
  for (let n = 0; n < 300; n++) {
    // A rope would take no memory before it is read.
    recent.set(JSON.parse(JSON.stringify(key(n))), n);
  }
  const after = Deno.memoryUsage();
  assert.ok(after.heapUsed - before.heapUsed < 100 << 20, `${after.heapUsed - before.heapUsed} bytes`);
  assert.deepEqual([recent.get(key(7)), recent.get(key(8) + "x")], [7, undefined]);
  recent.delete(key(7));
  assert.equal(recent.get(key(7)), undefined);
});
