import assert from "node:assert/strict";
import { clampSpan, MIN_SPAN, panBy, pxToTime, ticks, timeToPx, zoomAt } from "./time_scale.ts";

const scale = { start: 1_000_000, end: 2_000_000, width: 500 };
const bounds = { start: 0, end: 4_000_000 };

Deno.test("pixels and times are inverse", () => {
  for (const [px, time] of [[0, 1_000_000], [250, 1_500_000], [500, 2_000_000], [-500, 0]] as const) {
    assert.equal(timeToPx(scale, time), px);
    assert.equal(pxToTime(scale, px), time);
  }
});

Deno.test("zoom keeps the time under the pointer", () => {
  for (const px of [0, 125, 250, 500]) {
    for (const factor of [0.5, 0.9, 1.1, 2]) {
      const zoomed = { ...zoomAt(scale, { px, factor, bounds }), width: scale.width };
      assert.ok(Math.abs(pxToTime(zoomed, px) - pxToTime(scale, px)) < 1e-3, `${px} ${factor}`);
    }
  }
});

Deno.test("zoom stops at the bounds and at the shortest span", () => {
  assert.deepEqual(zoomAt(scale, { px: 10, factor: 100, bounds }), bounds);
  const narrow = zoomAt(scale, { px: 250, factor: 1e-9, bounds });
  assert.ok(Math.abs(narrow.end - narrow.start - MIN_SPAN) < 1e-6);
});

Deno.test("pan moves by pixels of content and stops at the bounds", () => {
  assert.deepEqual(panBy(scale, 250, bounds), { start: 1_500_000, end: 2_500_000 });
  assert.deepEqual(panBy(scale, -10_000, bounds), { start: 0, end: 1_000_000 });
  assert.deepEqual(panBy(scale, 10_000, bounds), { start: 3_000_000, end: 4_000_000 });
  assert.deepEqual(clampSpan({ start: -5, end: 9_000_000 }, bounds), bounds);
});

Deno.test("ticks are round, counted from the origin and far enough apart", () => {
  assert.deepEqual(ticks({ start: 7, end: 1_000_007, width: 500 }, 7, 90), {
    step: 200_000,
    times: [7, 200_007, 400_007, 600_007, 800_007, 1_000_007],
  });
  for (const length of [1, 999, 54_321, 7e6, 3.3e9, 5e12]) {
    const { step, times } = ticks({ start: 13, end: 13 + length, width: 800 }, 0, 90);
    assert.ok(times.length <= 10, `${length}: ${times.length}`);
    assert.ok(step / length * 800 >= 90);
  }
});
