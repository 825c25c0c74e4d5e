import assert from "node:assert/strict";
import { FrameBatch } from "./frame_batch.ts";

Deno.test("what arrives before the frame is applied at once", () => {
  const applied: number[][] = [];
  const frames: (() => void)[] = [];
  const batch = new FrameBatch<number>((items) => applied.push([...items]), (run) => frames.push(run));
  batch.push(1);
  batch.push(2);
  assert.equal(frames.length, 1);
  frames[0]?.();
  batch.push(3);
  frames[1]?.();
  assert.deepEqual(applied, [[1, 2], [3]]);
});

Deno.test("a full batch drops and counts", () => {
  let applied = 0;
  const batch = new FrameBatch<number>((items) => applied += items.length, () => {});
  for (let i = 0; i < 50_010; i++) batch.push(i);
  batch.flush();
  assert.equal(applied, 50_000);
  assert.equal(batch.takeDropped(), 10);
  assert.equal(batch.takeDropped(), 0);
});
