import assert from "node:assert/strict";
import { callRelations } from "./call_relations.ts";
import { callRow } from "./fixture.ts";

const rows = [
  callRow(5, { thread: "other" }),
  callRow(4, { thread: "call-1", continues: "call-2" }),
  callRow(3, { thread: "call-1", continues: "call-2" }),
  callRow(2, { thread: "call-1", retry_of: "call-1" }),
  callRow(1),
];

function summary(id: string, more: { continues?: string } = {}) {
  const row = rows.find((row) => row.id === id);
  const found = callRelations(row ?? { id, ...more }, rows);
  return {
    continues: found.continues && [found.continues.id, found.continues.row !== null],
    continuedBy: found.continuedBy.map(({ id }) => id),
    repeats: found.repeats?.id ?? null,
    repeatedBy: found.repeatedBy.map(({ id }) => id),
    thread: found.thread.map(({ id }) => id),
  };
}

const thread = ["call-1", "call-2", "call-3", "call-4"];
const cases: readonly (readonly [string, ReturnType<typeof summary>])[] = [
  ["call-1", { continues: null, continuedBy: [], repeats: null, repeatedBy: ["call-2"], thread }],
  ["call-2", {
    continues: null,
    continuedBy: ["call-3", "call-4"],
    repeats: "call-1",
    repeatedBy: [],
    thread,
  }],
  ["call-4", { continues: ["call-2", true], continuedBy: [], repeats: null, repeatedBy: [], thread }],
  ["call-5", { continues: null, continuedBy: [], repeats: null, repeatedBy: [], thread: ["call-5"] }],
];

for (const [id, relations] of cases) {
  Deno.test(`relations of ${id}`, () => assert.deepEqual(summary(id), relations));
}

Deno.test("a call that is not loaded is still named, and an old recording has no relations", () => {
  assert.deepEqual(summary("x", { continues: "gone" }).continues, ["gone", false]);
  assert.deepEqual(summary("x").thread, []);
});
