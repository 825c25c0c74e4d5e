/** What is special about recognising Chat Completions; its traffic is in `testdata/transcripts/openai_chat*.ts`. */
import assert from "node:assert/strict";
import { Interpreter } from "../interpreter.ts";
import { ASK, chunk, LAST } from "./testdata/openai_chat.ts";
import { json, ofKind, post, records, sse, type Turn } from "./testdata/wire.ts";

function calls(turns: readonly Turn[]) {
  return ofKind(new Interpreter().push(records(turns)), "llm.call");
}

const ANSWER = sse([chunk({ content: "A" }, "stop"), LAST, "[DONE]"]);

Deno.test("openai chat: recognised by path and by shape", () => {
  const cases: [path: string, body: unknown, count: number][] = [
    ["/openai/deployments/d/chat/completions?api-version=1", { messages: ASK.messages }, 1],
    ["/gateway/x", ASK, 1],
    ["/v1/agents/completions", { agent_id: "a", messages: ASK.messages }, 1],
    ["/chat/completions//", ASK, 1],
    ["/chat/completions", "{broken", 0],
    ["/chat/completions", '{"model":"gpt-4o","messages":[', 1],
  ];
  for (const [path, body, count] of cases) {
    assert.equal(calls([post(path, body), ANSWER]).length, count, path);
  }
  assert.equal(calls([post("/count", ASK), json({ count: 3 })]).length, 0);
});

Deno.test("openai chat: a model that nobody has a price for costs null, not 0", () => {
  const [call] = calls([
    post("/v1/chat/completions", { ...ASK, model: "mine" }),
    sse([{ ...LAST, model: "mine" }]),
  ]);
  assert.equal(call!.cost_usd, null);
  assert.equal(call!.usage.input_tokens, 10);
});

Deno.test("openai chat: a path of slashes takes no time", () => {
  const started = performance.now();
  assert.equal(calls([post(`/${"/".repeat(15_000)}x`, ASK), json({})]).length, 0);
  assert.ok(performance.now() - started < 100);
});
