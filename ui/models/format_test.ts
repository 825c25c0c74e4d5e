import assert from "node:assert/strict";
import {
  formatArgv,
  formatBytes,
  formatCost,
  formatJson,
  formatMs,
  formatShort,
  formatSpan,
  plural,
} from "./format.ts";

function table<T>(format: (value: T) => string, cases: readonly (readonly [T, string])[]): void {
  for (const [value, text] of cases) assert.equal(format(value), text);
}

Deno.test("counts", () => {
  table(formatShort, [
    [null, "–"],
    [0, "0"],
    [999, "999"],
    [1000, "1k"],
    [1234, "1.2k"],
    [9960, "10k"],
    [999_499, "999k"],
    [
      999_500,
      "1M",
    ],
    [5_600_000, "5.6M"],
    [2e9, "2G"],
  ]);
  table((n: number) => plural(n, "process"), [[0, "0 processes"], [1, "1 process"], [
    1200,
    "1,200 processes",
  ]]);
  table((n: number) => plural(n, "match"), [[1, "1 match"], [2, "2 matches"]]);
});

Deno.test("an unknown price is not a price of 0", () => {
  table(formatCost, [[null, "–"], [0, "$0"], [12.345, "$12.35"], [0.0145, "$0.0145"], [0.00921, "$0.0092"], [
    0.00012,
    "$0.00012",
  ], [
    1e-7,
    "<$0.00001",
  ]]);
});

Deno.test("times", () => {
  table(formatMs, [[null, "–"], [0.5, "500 µs"], [1.25, "1.3 ms"], [840, "840 ms"], [999.7, "1.00 s"], [
    12_340,
    "12.3 s",
  ]]);
  table(formatSpan, [[75e6, "1 min 15 s"], [3 * 3600e6 + 60e6, "3 h 1 min"]]);
});

Deno.test("sizes", () => {
  table(formatBytes, [[0, "0 B"], [999, "999 B"], [3172, "3.2 kB"], [8_388_608, "8.4 MB"]]);
});

Deno.test("a command line can be pasted into a shell", () => {
  assert.equal(formatArgv(["sh", "-c", "echo 'a' | wc", ""]), `sh -c 'echo '\\''a'\\'' | wc' ''`);
});

Deno.test("JSON is pretty, and text that is not JSON stays", () => {
  assert.equal(formatJson({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(formatJson('{"cut'), '{"cut');
  assert.equal(formatJson(undefined), "undefined");
});
