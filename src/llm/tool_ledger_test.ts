import assert from "node:assert/strict";
import type { Message, Part } from "../event.ts";
import { ToolLedger } from "./tool_ledger.ts";

const ASKED: Message = { role: "assistant", parts: [{ type: "text", content: "x" }] };

function results(...found: [id: string | null, name?: string][]): Message {
  const parts: Part[] = found.map(([id, name]) => (
    { type: "tool_call_response", id, ...(name === undefined ? {} : { name }), response: "ok" }
  ));
  return { role: "tool", parts };
}

function ids(ledger: ToolLedger, ...messages: Message[]): unknown[] {
  return ledger.answered("s", messages).map(({ id, name }) => [id, name]);
}

Deno.test("a result is reported once, with the name of its use", () => {
  const ledger = new ToolLedger();
  ledger.called("s", { id: "a", name: "ls", own: "a" });
  assert.deepEqual(ids(ledger, ASKED, results(["a"])), [["a", "ls"]]);
  assert.deepEqual(ids(ledger, ASKED, results(["a"])), []);
  assert.deepEqual(ids(ledger, results(["b"]), ASKED), []);
  assert.deepEqual(ids(ledger, ASKED, results(["b"])), [["b", null]]);
});

Deno.test("results without an id belong to the open uses of their tool", () => {
  const ledger = new ToolLedger();
  ["ls", "ls", "rm"].forEach((name, n) => ledger.called("s", { id: null, name, own: `c.${n}` }));
  ledger.called("other", { id: null, name: "ls", own: "other.0" });
  const turn = [ASKED, results([null, "ls"], [null, "rm"], [null, "ls"])];
  assert.deepEqual(ids(ledger, ...turn), [["c.0", "ls"], ["c.2", "rm"], ["c.1", "ls"]]);
  assert.deepEqual(ids(ledger, ...turn), [], "tried again");
  ledger.called("s", { id: null, name: "ls", own: "d.0" });
  assert.deepEqual(ids(ledger, ...turn, ASKED, results([null, "ls"])), [["d.0", "ls"]]);
});

Deno.test("the client's own id closes a use that came without", () => {
  const ledger = new ToolLedger();
  ledger.called("s", { id: null, name: "ls", own: "c.0" });
  assert.deepEqual(ids(ledger, ASKED, results(["ls-1", "ls"])), [["c.0", "ls"]]);
  assert.deepEqual(ids(ledger, ASKED, results([null, "ls"])), []);
});

Deno.test("a use that nobody saw is no reason to keep its results back", () => {
  const ledger = new ToolLedger();
  const turn = [ASKED, results([null, "ls"], [null, "ls"])];
  assert.deepEqual(ids(ledger, ...turn), [[null, "ls"], [null, "ls"]]);
  assert.deepEqual(ids(ledger, ...turn), []);
  assert.deepEqual(ids(ledger, ASKED, results([null])), [[null, null]]);
  assert.deepEqual(ids(ledger, ASKED, results([null])), [[null, null]]);
});
