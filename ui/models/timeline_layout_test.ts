import assert from "node:assert/strict";
import { clusterLanes, clusterMarks, layoutBars, type Mark, thinBars } from "./timeline_layout.ts";

const scale = { start: 0, end: 1000, width: 100 };

/** One character a pixel-tenth: the lane as text, a line a track. */
function draw(intervals: readonly (readonly [number, number])[]): string[] {
  const lines: string[][] = [];
  for (const { x, width, track } of layoutBars(intervals.map(([start, end]) => ({ start, end })), scale)) {
    const line = lines[track] ??= Array(10).fill(".");
    for (let at = Math.round(x / 10); at < Math.round((x + width) / 10); at++) line[at] = "#";
  }
  return lines.map((line) => line.join(""));
}

Deno.test("bars that overlap get tracks of their own", () => {
  assert.deepEqual(draw([[0, 300], [500, 900]]), ["###..####."]);
  assert.deepEqual(draw([[0, 300], [200, 500], [300, 400]]), ["####......", "..###....."]);
  assert.deepEqual(draw([[-500, 200], [900, 5000]]), ["##.......#"]);
  assert.deepEqual(draw([[2000, 3000], [-9, -1]]), []);
});

Deno.test("only bars that overlap share the height", () => {
  const bars = layoutBars(
    [[0, 100], [50, 120], [500, 600]].map(([start = 0, end = 0]) => ({ start, end })),
    scale,
  );
  assert.deepEqual(bars.map(({ track, tracks }) => [track, tracks]), [[0, 2], [1, 2], [0, 1]]);
});

Deno.test("a hundred parallel bars use three tracks", () => {
  const bars = layoutBars(Array.from({ length: 100 }, (_, i) => ({ start: i, end: 900 })), scale);
  assert.deepEqual([...new Set(bars.map(({ track }) => track))], [0, 1, 2]);
});

Deno.test("slivers that follow each other are drawn once", () => {
  const bars = layoutBars(Array.from({ length: 1000 }, (_, i) => ({ start: i, end: i + 0.5 })), scale);
  assert.equal(bars.length, 1000);
  assert.ok(thinBars(bars, 1).length <= 26);
});

const mark = (seq: number, ts: number, kind: Mark["kind"] = "write"): Mark => ({
  seq,
  ts,
  kind,
  label: "/f",
});

Deno.test("marks of one kind in one bin are one cluster; others are not", () => {
  const clusters = clusterMarks([
    mark(1, 10),
    mark(2, 20),
    mark(3, 30, "connect"),
    mark(4, 500),
    mark(5, 2000),
  ], {
    scale,
    binPx: 8,
  });
  assert.deepEqual(clusters.map(({ x, kind, marks }) => [x, kind, marks.length]), [
    [1, "write", 2],
    [3, "connect", 1],
    [50, "write", 1],
  ]);
});

Deno.test("lanes together stay below the number asked for, and no mark is left out", () => {
  const lanes = Array.from(
    { length: 20 },
    (_, lane) => Array.from({ length: 200 }, (_, i) => mark(lane * 200 + i, i * 5)),
  );
  const clusters = clusterLanes(lanes, { scale: { ...scale, width: 1000 }, max: 300 });
  assert.ok(clusters.flat().length <= 300);
  assert.equal(clusters.flat().reduce((sum, { marks }) => sum + marks.length, 0), 4000);
});
