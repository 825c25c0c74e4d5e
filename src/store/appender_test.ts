import assert from "node:assert/strict";
import type { Event } from "../event.ts";
import { Appender } from "./appender.ts";
import { StoreError } from "./store_error.ts";

const events = (count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => ({ seq: from + i, kind: "file.open" }) as Event);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("what comes together is written together, soon", async () => {
  const written: number[] = [];
  using appender = new Appender((batch) => written.push(batch.length));
  appender.append(events(2));
  appender.append([]);
  appender.append(events(3, 3));
  assert.deepEqual(written, []);
  await pause(150);
  assert.deepEqual(written, [5]);
});

Deno.test("much is written at once", () => {
  const written: number[] = [];
  using appender = new Appender((batch) => written.push(batch.length));
  appender.append(events(999));
  appender.append(events(2));
  assert.deepEqual(written, [1001]);
});

Deno.test("who reads, and the end, have everything written, in order and once", () => {
  const written: number[] = [];
  {
    using appender = new Appender((batch) => written.push(...batch.map(({ seq }) => seq)));
    appender.append(events(2));
    appender.flush();
    appender.flush();
    assert.deepEqual(written, [1, 2]);
    appender.append(events(1, 3));
  }
  assert.deepEqual(written, [1, 2, 3]);
});

Deno.test("an error is told once, wherever it happened, and ends writing", () => {
  let writes = 0;
  using appender = new Appender(() => {
    writes++;
    throw new StoreError("Cannot write: the disk is full");
  });
  assert.equal(appender.append(events(1)), null);
  appender.flush();
  assert.equal(appender.failed, true);
  assert.match(appender.append(events(1))?.message ?? "", /disk is full/);
  assert.equal(appender.append(events(1000)), null);
  assert.equal(writes, 1);
});
