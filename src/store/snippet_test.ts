import assert from "node:assert/strict";
import { snippet } from "./snippet.ts";

const CASES: readonly [string, readonly string[], readonly string[], string][] = [
  ["marks every word", ["a Walrus and a fox"], ["walrus", "fo"], "a <Walrus> and a <fo>x"],
  ["second text", ["none", "here: fox"], ["fox"], "here: <fox>"],
  [
    "cuts around",
    ["x".repeat(300) + " fox " + "y".repeat(300)],
    ["fox"],
    `…${"x".repeat(59)} <fox> ${"y".repeat(116)}…`,
  ],
  ["syntax is text", ["f(x) [a] fox"], ['"fox"*', "(a"], "f(x) [<a>] <fox>"],
  ["folded differently", ["the café"], ["cafe"], "the café"],
  ["nothing", [""], ["fox"], ""],
];

for (const [name, texts, words, expected] of CASES) {
  Deno.test(`snippet: ${name}`, () => {
    const marked = snippet(texts, words).replaceAll("\u0002", "<").replaceAll("\u0003", ">");
    assert.equal(marked, expected);
  });
}
