import assert from "node:assert/strict";
import { Interpreter } from "./interpreter.ts";
import { parseJson } from "./json.ts";
import { ASK, START, stop, toolUse } from "./testdata/anthropic.ts";
import { ofKind, post, records, sse } from "./testdata/wire.ts";

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
