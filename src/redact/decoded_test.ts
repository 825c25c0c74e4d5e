import assert from "node:assert/strict";
import fc from "fast-check";
import { decodings, plain } from "./decoded.ts";

const CASES: readonly (readonly [string, string])[] = [
  ["plain", "plain"],
  [String.raw`a\nb`, "a\nb"],
  [String.raw`sk\u002dx\/y`, "sk-x/y"],
  [String.raw`\x41\"`, 'A"'],
  [String.raw`{\"a\":\"{\\\"b\\\":1}\"}`, '{"a":"{"b":1}"}'],
  ["a%3Db%26c", "a=b&c"],
  ["100% sure, 5%zz", "100% sure, 5%zz"],
  ["%255C", "\\"],
  ["end\\", "end\\"],
  [String.raw`\uD83D\uDE42`, "🙂"],
  ["\x1b[01;31m\x1b[Kkey\x1b[m\x1b[K=\x1b[38;5;2mx\x1b[0m", "key=x"],
  ["\x1b]8;;https://h/\x1b\\a link\x1b]8;;\x07", "a link"],
  [String.raw`\u001b[31mx\x1b[0m\e[1my\033[0m\33[2Kz`, "xyz"],
  [JSON.stringify(JSON.stringify(JSON.stringify("\x1b[31mx"))), '"""x"""'],
  ["\x1b[31", "\x1b[31"],
];

for (const [text, want] of CASES) {
  Deno.test(`the plain form of ${text}`, () => assert.equal(plain(text), want));
}

Deno.test("every index leads back to the character it came from, through all levels", () => {
  const piece = fc.constantFrom(
    "a",
    "-",
    "\\n",
    "\\u0041",
    "\\\\u0042",
    "%41",
    "%2541",
    '\\"',
    "\\\\",
    "é",
    "\\",
    "\x1b[31m",
    "\x1b[K",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
    const text = pieces.join("");
    for (const { text: decoded, original } of decodings(text)) {
      let last = 0;
      for (let i = 0; i <= decoded.length; i++) {
        const at = original(i);
        assert.ok(at >= last && at <= text.length);
        last = at;
        const piece = text.slice(at, original(i + 1));
        if (decoded[i] === "a" || decoded[i] === "é") assert.ok(piece.includes(decoded[i] as string));
      }
      if (!text.includes("\x1b")) assert.equal(original(0), 0);
      assert.equal(original(decoded.length), text.length);
    }
  }));
});

Deno.test("what JSON.stringify escapes is found again, three levels deep", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const once = JSON.stringify(`<${text.replaceAll("%", "").replaceAll("\\", "")}>`);
    assert.ok(decodings(JSON.stringify({ a: once })).some((level) => level.text.includes(once)));
  }));
});
