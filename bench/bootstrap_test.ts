import { deepEqual, ok } from "node:assert/strict";
import { medianInterval } from "./bootstrap.ts";

Deno.test("one sample is certain, the same samples are the same", () => {
  deepEqual(medianInterval([1.5, 1.5, 1.5]), [1.5, 1.5]);
  const samples = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  deepEqual(medianInterval(samples), medianInterval(samples));
});

Deno.test("the interval holds the median, and is narrower for more samples", () => {
  const samples = (count: number) => Array.from({ length: count }, (_, i) => (i * 37 % count) / count);
  const [low, high] = medianInterval(samples(21));
  const [lower, higher] = medianInterval(samples(401));
  ok(low < 0.5 && high > 0.45);
  ok(higher - lower < high - low);
});
