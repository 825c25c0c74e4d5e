import assert from "node:assert/strict";
import pc from "picocolors";
import { formatTable, type Table } from "./table.ts";

const table: Table = {
  columns: [
    { title: "MODEL", shrink: 10 },
    { title: "CALLS", align: "right" },
    { title: "ERRORS", align: "right", optional: 1 },
    { title: "CACHED", align: "right", optional: 2 },
  ],
  rows: [["claude-sonnet-4-5-20250929", "12", "1", "3,000"], ["模型模型模型模型", "3", "–", "–"]],
  total: ["total", "15", "1", "3,000"],
};

const cases: readonly (readonly [number, readonly string[], readonly string[]])[] = [
  [Infinity, [
    "MODEL                       CALLS  ERRORS  CACHED",
    "claude-sonnet-4-5-20250929     12       1   3,000",
    "模型模型模型模型                3       –       –",
    "total                          15       1   3,000",
  ], []],
  [40, [
    "MODEL              CALLS  ERRORS  CACHED",
    "claude-sonnet-4-…     12       1   3,000",
    "模型模型模型模型       3       –       –",
    "total                 15       1   3,000",
  ], []],
  [28, [
    "MODEL          CALLS  ERRORS",
    "claude-sonne…     12       1",
    "模型模型模型…      3       –",
    "total             15       1",
  ], ["CACHED"]],
  [1, [
    "MODEL     CALLS",
    "claude-…     12",
    "模型模…       3",
    "total        15",
  ], ["ERRORS", "CACHED"]],
];

for (const [width, lines, leftOut] of cases) {
  Deno.test(`a table in ${width} columns`, () => {
    const text = formatTable(table, { width, colors: pc.createColors(false) });
    assert.deepEqual(text, { lines, leftOut });
  });
}

Deno.test("a table without rows is its titles", () => {
  const { lines } = formatTable({ columns: table.columns, rows: [] }, {
    width: 80,
    colors: pc.createColors(false),
  });
  assert.deepEqual(lines, ["MODEL  CALLS  ERRORS  CACHED"]);
});
