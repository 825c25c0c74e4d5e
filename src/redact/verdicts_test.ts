import assert from "node:assert/strict";
import { LearnedSecrets } from "./learned.ts";
import { Verdicts } from "./verdicts.ts";

Deno.test("a verdict holds until a value is learned that the text contains, escaped or not", () => {
  const learned = new LearnedSecrets();
  const verdicts = new Verdicts(learned);
  const texts = [
    "nothing here",
    "has abcd/1234 in it",
    String.raw`has abcd\/1234 escaped`,
    "has abcd%2F1234 too",
  ];
  for (const text of texts) verdicts.set(text, [], learned.version);
  assert.deepEqual(texts.map((text) => verdicts.get(text)), [[], [], [], []]);
  learned.learn("abcd/1234", "header");
  assert.deepEqual(texts.map((text) => verdicts.get(text)), [[], undefined, undefined, undefined]);
});

Deno.test("a verdict older than the values that are told apart is given up", () => {
  const learned = new LearnedSecrets();
  const verdicts = new Verdicts(learned);
  verdicts.set("some text", [], learned.version);
  for (let i = 0; i < 65; i++) learned.learn(`value-number-${i}`, "header");
  assert.equal(verdicts.get("some text"), undefined);
});

Deno.test("a verdict from before a value was learned does not pass for a newer one", () => {
  const learned = new LearnedSecrets();
  const verdicts = new Verdicts(learned);
  const before = learned.version;
  learned.learn("value-1234", "header");
  verdicts.set("it is value-1234", [], before);
  assert.equal(verdicts.get("it is value-1234"), undefined);
});

Deno.test("what is used stays and what is not goes, and its memory is bounded", () => {
  const learned = new LearnedSecrets();
  const verdicts = new Verdicts(learned);
  const large = (i: number) => `${i}`.padEnd(1 << 20, "x");
  verdicts.set("history", [{ from: 0, to: 3, kind: "k" }], 0);
  verdicts.set("once", [], 0);
  for (let i = 0; i < 40; i++) {
    verdicts.set(large(i), [], 0);
    assert.deepEqual(verdicts.get("history"), [{ from: 0, to: 3, kind: "k" }]);
  }
  assert.equal(verdicts.get("once"), undefined);
  const kept = Array.from({ length: 40 }, (_, i) => verdicts.get(large(i))).filter((ranges) =>
    ranges !== undefined
  );
  assert.ok(kept.length >= 3 && kept.length <= 8, String(kept.length));
});
