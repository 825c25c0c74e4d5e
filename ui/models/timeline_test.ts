import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import type { CallRow, Summary } from "../api.ts";
import { callRow, EMPTY_SUMMARY, processRow } from "./fixture.ts";
import type { LiveCall } from "./live_calls.ts";
import { buildTree } from "./process_tree.ts";
import { Timeline } from "./timeline.ts";

function setUp() {
  const at = (first: number, last: number) =>
    ({ ...EMPTY_SUMMARY, first_ts: first, last_ts: last }) as unknown as Summary;
  const summary = signal<Summary | null>(at(0, 1_000_000));
  const rows = [processRow({ pid: 10, start: 0 }), processRow({ pid: 11, ppid: 10, start: 500 })];
  const calls = signal<readonly CallRow[]>([
    callRow(900, processRow({ pid: 11, start: 500 })),
    callRow(100, processRow({ pid: 10, start: 0 })),
  ]);
  const timeline = new Timeline({
    roots: signal(buildTree(rows)),
    calls,
    live: signal<readonly LiveCall[]>([]),
    summary,
  });
  return { timeline, advance: (last: number) => summary.value = at(0, last) };
}

Deno.test("calls are on the lane of their process", () => {
  const { timeline } = setUp();
  assert.deepEqual(
    timeline.lanes.value.map(({ line, calls }) => [line.node.row.pid, calls.map(({ id }) => id)]),
    [
      [10, ["call-100"]],
      [11, ["call-900"]],
    ],
  );
});

Deno.test("a part of the time has the lanes of that time", () => {
  const { timeline } = setUp();
  timeline.zoom(0.0001, 0);
  assert.deepEqual(timeline.lanes.value.map(({ line }) => line.node.row.pid), [10]);
  assert.equal(timeline.empty.value, false);
});

Deno.test("everything is shown until a part is chosen, then that part stays", () => {
  const { timeline, advance } = setUp();
  assert.deepEqual(timeline.window.value, { start: 0, end: 1_020_000 });
  timeline.zoom(0.5, 0);
  assert.deepEqual(timeline.window.value, { start: 0, end: 510_000 });
  advance(2_000_000);
  assert.deepEqual(timeline.window.value, { start: 0, end: 510_000 });
  timeline.fit();
  assert.deepEqual(timeline.window.value, { start: 0, end: 2_040_000 });
});

Deno.test("following keeps the length and moves with the last event; panning ends it", () => {
  const { timeline, advance } = setUp();
  timeline.zoom(0.5, 0);
  timeline.setFollow(true);
  advance(2_000_000);
  assert.deepEqual(timeline.window.value, { start: 1_530_000, end: 2_040_000 });
  timeline.pan(-80);
  assert.equal(timeline.following.value, false);
  assert.ok(timeline.window.value.end < 2_040_000);
});

Deno.test("a time outside the window is brought into it", () => {
  const { timeline } = setUp();
  timeline.zoom(0.1, 0);
  timeline.reveal(700_000);
  const { start, end } = timeline.window.value;
  assert.ok(start <= 700_000 && 700_000 <= end);
});
