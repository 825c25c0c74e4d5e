import assert from "node:assert/strict";
import { join } from "node:path";
import { llmCalled } from "../testdata/events.ts";
import { filled, inTemp } from "./testdata/recordings.ts";

Deno.test(
  "search never throws on what people type",
  inTemp((dir) => {
    using store = filled(join(dir, "r.sqlite"), [llmCalled(1, { prompt: 'say "AND" twice: café' })]);
    const odd = [
      '"',
      "AND",
      "NOT OR",
      "a*",
      "-x",
      "^x",
      "(",
      "prompt:x",
      "NEAR(",
      "\0",
      "",
      "' OR 1=1",
      "{}",
      "a".repeat(9999),
    ];
    for (const query of odd) store.queries.search(query);
    assert.equal(store.queries.search('"and" caf').length, 1);
  }),
);

Deno.test(
  "a call that continues another is found by what is new in it",
  inTemp((dir) => {
    const text = (role: string, content: string) => ({ role, parts: [{ type: "text" as const, content }] });
    const request = {
      messages: [text("user", "alpha"), text("assistant", "beta"), text("user", "gamma")],
    };
    using store = filled(join(dir, "r.sqlite"), [
      llmCalled(1, { request }),
      llmCalled(2, { request, continues: "c1" }),
    ]);
    assert.deepEqual(store.queries.search("alpha").map((hit) => hit.call.id), ["c1"]);
    assert.deepEqual(store.queries.search("gamma").map((hit) => hit.call.id).sort(), ["c1", "c2"]);
  }),
);
