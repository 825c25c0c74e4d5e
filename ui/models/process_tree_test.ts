import assert from "node:assert/strict";
import type { ProcessRow } from "../api.ts";
import { processRow } from "./fixture.ts";
import { buildTree, type ProcessNode, treeLines } from "./process_tree.ts";

function draw(roots: readonly ProcessNode[], collapsed: readonly string[] = []): string[] {
  return treeLines(roots, { collapsed: new Set(collapsed), max: 100 }).map(({ node, level, expanded }) =>
    `${"  ".repeat(level - 1)}${node.children.length === 0 ? "-" : expanded ? "v" : ">"} ${node.row.pid}`
  );
}

const rows: readonly ProcessRow[] = [
  processRow({ pid: 12, ppid: 10, start: 30 }),
  processRow({ pid: 10, ppid: 1, start: 10 }),
  processRow({ pid: 11, ppid: 10, start: 20 }),
  processRow({ pid: 13, ppid: 11, start: 40 }),
];

Deno.test("children are below their parent, by start", () => {
  assert.deepEqual(draw(buildTree(rows)), ["v 10", "  v 11", "    - 13", "  - 12"]);
});

Deno.test("a collapsed node hides what is below it", () => {
  assert.deepEqual(draw(buildTree(rows), ["11-20"]), ["v 10", "  > 11", "  - 12"]);
});

Deno.test("the parent is the process that had the pid then", () => {
  const reused = [
    ...rows,
    processRow({ pid: 10, ppid: 1, start: 100 }),
    processRow({ pid: 14, ppid: 10, start: 110 }),
  ];
  assert.deepEqual(draw(buildTree(reused)), ["v 10", "  v 11", "    - 13", "  - 12", "v 10", "  - 14"]);
});

Deno.test("rows that name each other as parent are still a tree", () => {
  const loop = [
    processRow({ pid: 1, ppid: 2, start: 5 }),
    processRow({ pid: 2, ppid: 1, start: 5 }),
    processRow({ pid: 3, ppid: 3, start: 5 }),
  ];
  assert.deepEqual(draw(buildTree(loop)).toSorted(), ["  - 2", "- 3", "v 1"]);
});

Deno.test("a chain of ten thousand is no problem, and lines are bounded", () => {
  const chain = Array.from({ length: 10_000 }, (_, i) => processRow({ pid: i + 2, ppid: i + 1, start: i }));
  const lines = treeLines(buildTree(chain), { collapsed: new Set(), max: 2000 });
  assert.equal(lines.length, 2000);
  assert.equal(lines.at(-1)?.level, 2000);
});

Deno.test("position and set size are those of the siblings", () => {
  const lines = treeLines(buildTree(rows), { collapsed: new Set(), max: 100 });
  assert.deepEqual(lines.map(({ position, siblings }) => `${position}/${siblings}`), [
    "1/1",
    "1/2",
    "1/1",
    "2/2",
  ]);
});
