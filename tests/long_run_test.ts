import assert from "node:assert/strict";
import { simulate } from "../bench/long_run.ts";

/** Of what is remembered of each call: a few hashes and names. A kept call would be 10 KB and more. */
const REMEMBERED_BYTES = 2_000;

Deno.test("calls that ended leave next to nothing behind", async () => {
  const samples = await simulate({ hours: 4, callsAnHour: 1_000 });
  const [first, last] = [samples[1]!, samples[3]!];
  const grown = (last.heapBytes - first.heapBytes) / (last.calls - first.calls);
  assert.ok(grown < REMEMBERED_BYTES, `${grown} bytes a call`);
});
