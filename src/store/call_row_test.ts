import assert from "node:assert/strict";
import type { Message } from "../event.ts";
import { llmCalled } from "../testdata/events.ts";
import { callRow } from "./call_row.ts";

const user: Message = { role: "user", parts: [{ type: "text", content: "the task" }] };
const used: Message = { role: "assistant", parts: [{ type: "text", content: "I look" }] };
const result = { type: "tool_call_response", id: "t", response: "12 files\n" } as const;

Deno.test("a row's prompt is what the call newly asks", () => {
  const cases: [string, Message[], string, string][] = [
    ["nothing", [], "", "user"],
    ["a task", [user], "the task", "user"],
    ["a result, Anthropic", [user, used, { role: "user", parts: [result] }], "12 files", "tool"],
    ["a result, OpenAI", [user, used, { role: "tool", parts: [result] }], "12 files", "tool"],
    [
      "a result and a text",
      [user, used, { role: "user", parts: [result, ...user.parts] }],
      "the task",
      "user",
    ],
    ["an answer to be continued", [user, used], "the task", "user"],
    [
      "long",
      [{ role: "user", parts: [{ type: "text", content: "x".repeat(300) }] }],
      "x".repeat(200),
      "user",
    ],
  ];
  for (const [name, messages, prompt, from] of cases) {
    const row = callRow(llmCalled(1, { request: { messages } }));
    assert.deepEqual([row.prompt, row.prompt_from], [prompt, from], name);
  }
});
