import { equal, ok } from "node:assert/strict";
import { median, quantile } from "./bench.ts";
import { type Result, summary, withSummary } from "./report.ts";

const result: Result = {
  name: "x",
  title: "X",
  method: "",
  date: "2026-01-01T00:00Z",
  quick: false,
  machine: { cpu: "C" },
  versions: { Deno: "2" },
  load_before: 0,
  load_after: 0,
  rows: [
    { what: "fast", unit: "events/s", samples: [90_000, 123_456, 200_000], goal: { least: 100_000 } },
    { what: "slow", unit: "ms", samples: [1200], goal: { most: 1000 } },
    { what: "no goal", unit: "ms", samples: [1] },
  ],
};

Deno.test("a quantile is the nearest rank", () => {
  const samples = [5, 1, 4, 2, 3];
  equal(median(samples), 3);
  equal(quantile(samples, 0), 1);
  equal(quantile(samples, 0.99), 5);
  ok(Number.isNaN(median([])));
});

Deno.test("the summary has the rows with a goal, and whether it is met", () => {
  const text = summary([result]);
  ok(text.includes("| X: fast | 123,000 events/s | ≥ 100,000 | yes |"));
  ok(text.includes("| X: slow | 1,200 ms | ≤ 1,000 | no |"));
  ok(!text.includes("no goal"));
});

Deno.test("only the marked block of a README is replaced", () => {
  const readme = "a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n";
  equal(withSummary(readme, "new"), "a\n<!-- bench -->\n\nnew\n\n<!-- /bench -->\nb\n");
  equal(withSummary("a\n", "new"), null);
});
