import assert from "node:assert/strict";
import fc from "fast-check";
import { fieldsOf, flagsOf, itemsOf, numberOf, splitArguments, textOf } from "./strace_text.ts";

Deno.test("arguments are split where they end", () => {
  const cases: [string, string[]][] = [
    ["", []],
    ["1, NULL", ["1", "NULL"]],
    ['"a, b", {c=1, d=[2, 3]}, 4', ['"a, b"', "{c=1, d=[2, 3]}", "4"]],
    ["3</dev/null<char 1:3>>, 1<<CAP_KILL|1<<CAP_CHOWN, 2", [
      "3</dev/null<char 1:3>>",
      "1<<CAP_KILL|1<<CAP_CHOWN",
      "2",
    ]],
    ["4<TCP:[1.2.3.4:5->6.7.8.9:10]>, AT_FDCWD<\\x2f>, 5 /* a, b */", [
      "4<TCP:[1.2.3.4:5->6.7.8.9:10]>",
      "AT_FDCWD<\\x2f>",
      "5 /* a, b */",
    ]],
    ["1, ", ["1", ""]],
    ["(((", ["((("]],
  ];
  for (const [text, parts] of cases) assert.deepEqual(splitArguments(text), parts, text);
});

Deno.test("values", () => {
  assert.deepEqual(textOf('"\\x2f\\xff"'), { bytes: "/\xff", cut: false });
  assert.deepEqual(textOf('@"\\x61"...'), { bytes: "a", cut: true });
  assert.equal(textOf("0x1"), null);
  assert.deepEqual([...fieldsOf("{a=1, b={c=2}, d=3<pipe:[4]>}")], [
    ["a", "1"],
    ["b", "{c=2}"],
    ["d", "3<pipe:[4]>"],
  ]);
  assert.deepEqual(itemsOf("[1, {a=2}]"), ["1", "{a=2}"]);
  assert.deepEqual(flagsOf("O_RDWR|O_CREAT"), ["O_RDWR", "O_CREAT"]);
  assert.deepEqual(["0644", "-1", "0x10 /* AF_??? */", "10", "NULL", "3<a>"].map(numberOf), [
    420,
    -1,
    16,
    10,
    null,
    3,
  ]);
});

Deno.test("any text has its arguments", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'"([{<>}])|,-\\x2f/* 1D=') }), (text) => {
    splitArguments(text).forEach((part) => [textOf(part), fieldsOf(part), itemsOf(part), numberOf(part)]);
  }));
});
