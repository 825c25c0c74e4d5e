import assert from "node:assert/strict";
import { effect } from "@preact/signals";
import { event } from "./fixture.ts";
import { LiveCalls, MAX_TEXT } from "./live_calls.ts";

const delta = (id: string, text: string) => event(1, { kind: "llm.delta", id, text });

Deno.test("text is joined per call, and a finished call goes", () => {
  const live = new LiveCalls();
  for (const [id, text] of [["a", "Hel"], ["b", "x"], ["a", "lo"]] as const) live.addText(delta(id, text));
  assert.deepEqual(live.list.value.map(({ id, text }) => [id, text.value]), [["b", "x"], ["a", "Hello"]]);
  live.finish("a");
  live.finish("unknown");
  assert.deepEqual(live.list.value.map(({ id }) => id), ["b"]);
});

Deno.test("more text changes the call, not the list", () => {
  const live = new LiveCalls();
  let renders = 0;
  effect(() => void (live.list.value, renders++));
  live.addText(delta("a", "1"));
  live.addText(delta("a", "2"));
  assert.equal(renders, 2);
});

Deno.test("a long answer keeps its end, and calls are bounded", () => {
  const live = new LiveCalls();
  for (let i = 0; i < 10; i++) live.addText(delta("a", String(i).repeat(10_000)));
  const text = live.get("a")?.text.value ?? "";
  assert.equal(text.length, MAX_TEXT);
  assert.ok(text.endsWith("9"));
  for (let i = 0; i < 500; i++) live.addText(delta(`c${i}`, ""));
  assert.equal(live.list.value.length, 200);
  assert.equal(live.list.value[0]?.id, "c499");
});
