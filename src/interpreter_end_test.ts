/** What is in flight when its process or the trace ends. */
import assert from "node:assert/strict";
import type { Micros } from "./event.ts";
import type { StreamRecord } from "./protocol/stream_record.ts";
import { Interpreter } from "./interpreter.ts";
import { ASK, START, text } from "./llm/testdata/anthropic.ts";
import {
  ACTOR,
  bytesOf,
  ofKind,
  post,
  records,
  recv,
  send,
  sse,
  T0,
  type Turn,
} from "./llm/testdata/wire.ts";

const PATH = "/v1/messages";
const NOW = (T0 + 10_000_000) as Micros;

Deno.test("a process that ends in the middle leaves incomplete calls", () => {
  const exit: StreamRecord = { type: "exit", pid: ACTOR.pid, start: ACTOR.start, ts: NOW };
  const cases: [Turn[], text: string][] = [
    [[send(bytesOf(new TextDecoder().decode(post(PATH, ASK).bytes).slice(0, 200)))], ""],
    [[post(PATH, ASK)], ""],
    [[post(PATH, ASK), sse([START, ...text(0, "half")], { cut: true })], "half"],
  ];
  for (const [turns, expected] of cases) {
    const interpreter = new Interpreter();
    const drafts = interpreter.push([...records(turns, { close: false }), exit]);
    const [call] = ofKind(drafts, "llm.call");
    assert.equal(call!.complete, false);
    assert.equal(call!.response.text, expected);
    assert.equal(ofKind(drafts, "http.exchange")[0]!.complete, false);
    assert.deepEqual(interpreter.flush(NOW, { final: true }), []);
  }
});

Deno.test("the final flush ends what is unfinished", () => {
  const interpreter = new Interpreter();
  interpreter.push(records([post(PATH, ASK)], { close: false }));
  assert.deepEqual(interpreter.flush(NOW, { final: false }), []);
  const drafts = interpreter.flush(NOW, { final: true });
  assert.deepEqual(ofKind(drafts, "llm.call").map(({ complete }) => complete), [false]);
});

Deno.test("an event that was being sent when the trace ended is no loss", () => {
  const whole = sse([START, ...text(0, "one ", "two")]);
  for (const missing of [1, 5, 20]) {
    const interpreter = new Interpreter();
    const answer = recv(whole.bytes.subarray(0, whole.bytes.length - missing));
    interpreter.push(records([post(PATH, ASK), answer], { close: false }));
    const [call] = ofKind(interpreter.flush(NOW, { final: true }), "llm.call");
    assert.deepEqual([call?.complete, interpreter.takeLosses()], [false, []]);
  }
});

Deno.test("a request's head is told while its answer is still to come, and kept for one push", () => {
  const interpreter = new Interpreter();
  interpreter.push(records([post(PATH, ASK)], { close: false }));
  assert.deepEqual(interpreter.takeAsked().map(({ target }) => target), [PATH]);
  assert.deepEqual(interpreter.takeAsked(), []);
  interpreter.push(records([post(PATH, ASK)], { close: false }));
  interpreter.push([]);
  assert.deepEqual(interpreter.takeAsked(), []);
});
