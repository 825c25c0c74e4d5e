import assert from "node:assert/strict";
import type { Event } from "../../src/event.ts";
import { everyKind } from "../../src/redact/testdata/drafts.ts";
import { describeEvent } from "./event_text.ts";
import { event } from "./fixture.ts";

Deno.test("every kind is a sentence", () => {
  for (const draft of Object.values(everyKind("x"))) {
    const { verb, object, note } = describeEvent({ seq: 1, session: null, ...draft } as Event);
    assert.doesNotMatch(`${verb} ${object} ${note}`, /undefined|NaN|null/, draft.kind);
    assert.notEqual(verb, "", draft.kind);
  }
});

const outcomes: readonly (readonly [result: number | null, note: string, failed: boolean])[] = [
  [0, "", false],
  [-13, "EACCES", true],
  [null, "outcome unknown", true],
];

for (const [result, note, failed] of outcomes) {
  Deno.test(`a call that returned ${result}`, () => {
    const told = describeEvent(event(1, { kind: "file.unlink", path: "/a", result }));
    assert.deepEqual(told, { verb: "removed", object: "/a", note, failed });
  });
}

Deno.test("a connection under way has not failed, and its host is told", () => {
  const socket = { family: "inet", addr: "1.2.3.4", port: 443, transport: "stream", latency_us: 9 };
  const told = describeEvent(event(1, { kind: "net.connect", ...socket, host: "x.com", result: -115 }));
  assert.deepEqual([told.object, told.note, told.failed], ["1.2.3.4:443", "x.com, EINPROGRESS", false]);
});
