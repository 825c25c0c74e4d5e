import assert from "node:assert/strict";
import type { Message, Part } from "../event.ts";
import { type Asked, Lineage } from "./lineage.ts";

const text = (content: string): Part => ({ type: "text", content });
const says = (role: string, ...parts: Part[]): Message => ({ role, parts });
const use = (id: string, input: unknown = {}): Part => ({
  type: "tool_call",
  id,
  name: "Task",
  arguments: input,
});

function conversation() {
  const lineage = new Lineage();
  return (id: string, messages: readonly Message[], answer: readonly Part[], asked: Partial<Asked> = {}) => {
    const whole: Asked = {
      id,
      scope: "7:1 test",
      messages,
      own: messages.length,
      previousResponse: null,
      bodyHash: id,
      retry: false,
      ...asked,
    };
    const place = lineage.ask(whole);
    lineage.answer({ asked: whole, place, ids: [], parts: answer, failed: false });
    return place;
  };
}

const LONG = "The third answer, which is long enough to be told from all other answers there are.";
const QUESTION = says("user", text("What is there?"));
const ANSWER = [text("Let me look."), use("t1")];
const RESULT = says("tool", { type: "tool_call_response", id: "t1", response: "a b" });

Deno.test("lineage: a call that repeats question and answer continues it, with what is new", () => {
  const call = conversation();
  assert.partialDeepStrictEqual(call("a", [QUESTION], ANSWER), {
    continues: null,
    thread: "a",
    appended: null,
  });
  const second = call("b", [QUESTION, says("assistant", ...ANSWER), RESULT], [text(LONG)]);
  assert.partialDeepStrictEqual(second, { continues: "a", thread: "a", appended: 1, compacted: false });
});

Deno.test("lineage: answers are sent back without reasoning, trimmed, and in other messages", () => {
  const call = conversation();
  call("a", [QUESTION], [{ type: "reasoning", content: "hm" }, text("Let me look.\n"), use("t1")]);
  const split = [QUESTION, says("assistant", text("Let me look.")), says("assistant", use("t1")), RESULT];
  assert.equal(call("b", split, []).continues, "a");
});

Deno.test("lineage: a history that was edited is continued, one that got shorter was compacted", () => {
  const call = conversation();
  call("a", [QUESTION], ANSWER);
  call("b", [QUESTION, says("assistant", ...ANSWER), RESULT], [text(LONG)]);
  const edited = [says("user", text("[removed]")), says("assistant", ...ANSWER), RESULT];
  assert.partialDeepStrictEqual(call("c", edited, []), { continues: "a", compacted: false, appended: 1 });
  const cut = [says("assistant", text(LONG)), says("user", text("Go on."))];
  assert.partialDeepStrictEqual(call("d", cut, []), {
    continues: "b",
    compacted: true,
    appended: 1,
    thread: "a",
  });
});

Deno.test("lineage: a conversation that begins with the summary of another continues it", () => {
  const call = conversation();
  const summary = "All that was said. ".repeat(12).trim();
  call("a", [QUESTION], ANSWER);
  call("b", [QUESTION, says("assistant", ...ANSWER), RESULT, says("user", text("Sum up."))], [text(summary)]);
  const next = [says("user", text(`What came before:\n${summary}\nGo on.`))];
  assert.partialDeepStrictEqual(call("c", next, []), { continues: "b", compacted: true, thread: "a" });
  assert.equal(call("d", next, [], { scope: "8:1 test" }).continues, null);
});

Deno.test("lineage: a tool use whose input is another conversation's prompt started it", () => {
  const call = conversation();
  const prompt = "Find every file that mentions the moon and list them.";
  call("a", [QUESTION], [use("t9", { description: "Find", prompt })]);
  const first = says("user", text("<context>"), text(prompt));
  const spawned = call("b", [first], ANSWER);
  assert.partialDeepStrictEqual(spawned, { continues: null, thread: "b", spawnedBy: "t9" });
  const second = call("c", [first, says("assistant", ...ANSWER), RESULT], []);
  assert.partialDeepStrictEqual(second, { continues: "b", thread: "b", spawnedBy: "t9" });
  assert.equal(call("d", [says("user", text("Find"))], []).spawnedBy, null);
});
