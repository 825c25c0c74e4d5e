import assert from "node:assert/strict";
import { Interpreter } from "../interpreter.ts";
import { jsonLines, MOST_UNREADABLE, parseJson } from "./json.ts";
import { ASK, START, stop, toolUse } from "./testdata/anthropic.ts";
import { chunked, ofKind, post, records, sse } from "./testdata/wire.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

Deno.test("json: what is nested too deep ends in a note, the rest is as sent", () => {
  assert.deepEqual(parseJson(nested(99)), JSON.parse(nested(99)));
  const wide = JSON.stringify({ a: Array(1_000).fill({ b: "c" }), ["__proto__"]: 1 });
  assert.deepEqual(parseJson(wide), JSON.parse(wide));
  const deep = JSON.stringify(parseJson(`{"a":1,"b":${nested(50_000)}}`));
  assert.ok(deep.includes('"a":1') && deep.includes("nested too deep") && deep.length < 300);
});

Deno.test("json: a tool input that no stack could hold is a call all the same", () => {
  const answer = sse([START, ...toolUse(0, "t", nested(20_000)), ...stop("tool_use", 1)]);
  const drafts = new Interpreter().push(records([post("/v1/messages", ASK), answer]));
  assert.equal(ofKind(drafts, "tool.call").length, 1);
  assert.ok(JSON.stringify(drafts).includes("nested too deep"));
});

Deno.test("json: a text of more values than memory is given for is not parsed; long strings are no values", () => {
  const many = (item: string, count: number) => `[${`${item},`.repeat(count)}0]`;
  assert.equal(parseJson(many("{}", 1_100_000)), undefined);
  assert.equal(parseJson(many('{"a":0}', 550_000)), undefined);
  assert.equal(parseJson("[".repeat(1_100_000)), undefined);
  for (const text of ['{"a":"'.repeat(1_100_000), '\\"\\\\"{'.repeat(400_000), "\\".repeat(1_100_001)]) {
    assert.deepEqual(parseJson(`[${JSON.stringify(text)}]`), [text]);
  }
  assert.equal((parseJson(many("0.25", 1_100_000)) as unknown[]).length, 1_100_001);
});

Deno.test("json: lines that are no JSON are passed over, but not without end", () => {
  assert.deepEqual([...jsonLines('{"a":1}\n\n x\r\n[1]\n {"b":2} ')], [{ a: 1 }, { b: 2 }]);
  assert.deepEqual([...jsonLines("x\n".repeat(MOST_UNREADABLE) + '{"a":1}')], []);
});

Deno.test("json: events that are no JSON are counted, and the rest is given up as one loss", () => {
  const noise = "data: {\n\n".repeat(100);
  const interpreter = new Interpreter();
  const turns = [post("/v1/messages", ASK), chunked(Array(3 * MOST_UNREADABLE / 100).fill(noise))];
  const drafts = [...interpreter.push(records(turns, { sizes: [16_384] }))];
  assert.deepEqual(ofKind(drafts, "llm.call").map(({ complete }) => complete), [false]);
  const losses = interpreter.takeLosses();
  assert.deepEqual(losses.map(({ class: area, reason }) => [area, reason]), [["sse", "unreadable"], [
    "body",
    "unreadable",
  ]]);
  assert.ok(losses[0]!.count < 1.2 * MOST_UNREADABLE);
});
