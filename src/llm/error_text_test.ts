/** What a gateway says in plain text is cut, but not within what may be a secret. */
import assert from "node:assert/strict";
import { Interpreter } from "../interpreter.ts";
import { chunked, ofKind, post, records } from "./testdata/wire.ts";

const KEY = `k${"3x".repeat(20)}`;
const ASK = { model: "m", messages: [{ role: "user", content: "hi" }], max_tokens: 1, system: "s" };

for (
  const [name, page, kept] of [
    ["a secret at the edge", `${"a ".repeat(240)}${KEY} is wrong`, `${"a ".repeat(240)}${KEY}`],
    ["one that never ends", `Wrong: ${"x".repeat(9_000)}`, "Wrong: "],
    ["a short one", "Wrong.", "Wrong."],
  ] as const
) {
  Deno.test(`an error in plain text: ${name}`, () => {
    const turns = [post("/v1/messages", ASK), chunked([page], { status: 502 })];
    const [call] = ofKind(new Interpreter().push(records(turns)), "llm.call");
    assert.deepEqual(call?.error, { type: "502", message: kept });
  });
}
