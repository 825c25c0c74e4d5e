import assert from "node:assert/strict";
import { mergeNewest } from "./bounded_rows.ts";
import { parseRoute, routeHash } from "./route.ts";
import { parseSessionId, sessionChoices } from "./sessions.ts";
import { snippetRuns } from "./snippet.ts";
import { callRow, processRow, SESSION } from "./fixture.ts";

Deno.test("rows are newest first, once each, bounded", () => {
  const rows = mergeNewest([{ seq: 5 }, { seq: 3 }], [{ seq: 4 }, { seq: 5 }, { seq: 6 }], 3);
  assert.deepEqual(rows.map(({ seq }) => seq), [6, 5, 4]);
  assert.equal(mergeNewest(rows, [], 3), rows);
});

Deno.test("a route survives its own hash", () => {
  for (const item of [null, "12-34", "a/b ü%"]) {
    assert.deepEqual(parseRoute(routeHash("processes", item)), { tab: "processes", item });
  }
  for (
    const [hash, tab] of [["", "calls"], ["#", "calls"], ["#/nonsense/x", "calls"], [
      "#/timeline/",
      "timeline",
    ]]
  ) {
    assert.deepEqual(parseRoute(hash ?? ""), { tab, item: null });
  }
  assert.deepEqual(parseRoute("#/calls/%E0%A4%A"), { tab: "calls", item: "%E0%A4%A" });
});

Deno.test("a session is named after its root process", () => {
  const { start, pid } = parseSessionId(SESSION) ?? { start: 0, pid: 0 };
  assert.deepEqual([start.toString(36), pid], ["a1b2", 10]);
  assert.equal(parseSessionId("nonsense"), null);
  const processes = [processRow({ pid: 11, comm: "child" }), processRow({ pid: 10, comm: "root" })];
  assert.deepEqual(sessionChoices(processes, []).map(({ comm }) => comm), ["root"]);
  assert.deepEqual(sessionChoices([], [callRow(1)]).map(({ comm }) => comm), ["agent"]);
});

Deno.test("a snippet's matches are marked, and stray marks do no harm", () => {
  assert.deepEqual(snippetRuns("a\u0002b\u0003c"), [
    { text: "a", match: false },
    { text: "b", match: true },
    { text: "c", match: false },
  ]);
  assert.deepEqual(snippetRuns("\u0003\u0002<b>"), [{ text: "<b>", match: true }]);
  assert.deepEqual(snippetRuns(""), []);
});
