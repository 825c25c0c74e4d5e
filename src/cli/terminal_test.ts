import { equal } from "node:assert/strict";
import { cut, plain } from "./terminal.ts";

for (
  const [text, shown] of [
    ["\x1b[2Jgone", "\\u001b[2Jgone"],
    ["a\nb\tc", "a⏎b c"],
    ["\u202Egnp.exe", "\\u202egnp.exe"],
    ["\u0085\u009b31m", "\\u0085\\u009b31m"],
    ["naïve 漢字 🙂", "naïve 漢字 🙂"],
  ] as const
) {
  Deno.test(`text from outside cannot command the terminal: ${JSON.stringify(text)}`, () =>
    equal(plain(text), shown));
}

Deno.test("long text is cut with a sign", () => {
  equal(cut("abcdef", 4), "abc…");
  equal(cut("abcd", 4), "abcd");
  equal(cut("x".repeat(1 << 20), 10).length, 10);
});
