/** Answers that take their time, and large ones. */
import assert from "node:assert/strict";
import type { Draft, Micros } from "../event.ts";
import { Interpreter } from "../interpreter.ts";
import { ASK, START, stop, text } from "./testdata/anthropic.ts";
import { ofKind, post, records, sse, T0, told } from "./testdata/wire.ts";

Deno.test("an answer that pauses for a minute between two events is one answer", () => {
  const events = [START, ...text(0, "Wait", " for it"), ...stop("end_turn", 7)];
  const input = records([post("/v1/messages", ASK), sse(events)], { sizes: [120] });
  const interpreter = new Interpreter();
  const drafts: Draft[] = [];
  let now = T0;
  for (const record of input) {
    drafts.push(...interpreter.push([{ ...record, ts: now as Micros }]));
    // A minute of the rounds that come when nothing happens.
    for (let i = 0; i < 120; i++) {
      drafts.push(...interpreter.flush((now += 500_000) as Micros, { final: false }));
    }
  }
  const [call] = ofKind(drafts, "llm.call");
  assert.deepEqual([call?.complete, call?.response.text, interpreter.takeLosses()], [
    true,
    "Wait for it",
    [],
  ]);
  assert.ok(call!.timing.duration_ms > 60_000);
  assert.ok(call!.timing.tokens_per_s! < 0.1);
  assert.deepEqual(Object.values(told(drafts).text), ["Wait for it"]);
});

Deno.test("a request of 4 MiB and an event of 50,000 characters", () => {
  const prompt = "naïve – ".repeat(1 << 19), answer = "ünd – so ".repeat(50_000 / 8);
  const turns = [
    post("/v1/messages", { ...ASK, messages: [{ role: "user", content: prompt }] }),
    sse([START, ...text(0, "a", answer, "b"), ...stop("end_turn", 7)]),
  ];
  for (const size of [1_460, 16_384, 1 << 24]) {
    const [call] = ofKind(new Interpreter().push(records(turns, { sizes: [size] })), "llm.call");
    assert.equal(call?.complete, true);
    assert.equal(call.response.text, `a${answer}b`);
    assert.deepEqual(call.request.messages[0]?.parts, [{ type: "text", content: prompt }]);
  }
});
