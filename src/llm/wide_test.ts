/** Bodies with very many of something neither overflow the stack nor take hours. */
import assert from "node:assert/strict";
import type { Draft, LlmCalled } from "../event.ts";
import { AnthropicAnswer } from "./anthropic_answer.ts";
import type { AnswerReader } from "./api.ts";
import { ConverseAnswer } from "./bedrock_converse_answer.ts";
import { GeminiAnswer } from "./gemini_answer.ts";
import { InteractionAnswer } from "./gemini_interactions_answer.ts";
import type { JsonObject } from "./json.ts";
import { OllamaAnswer } from "./ollama_answer.ts";
import { openaiChat } from "./openai_chat.ts";
import { ChatAnswer } from "./openai_chat_answer.ts";
import { toolEvents } from "./tool_events.ts";

const MANY = 200_000;
const ENDPOINT = { host: "h", path: "/", headers: new Map<string, string>() };

/** Name, reader, its events. A million is the most that one body may have. */
const STREAMS: readonly [string, () => AnswerReader, (n: number) => JsonObject][] = [
  ["counts", () => new AnthropicAnswer(), (n) => ({ type: "message_delta", usage: { [`k${n}`]: n } })],
  ["sources", () => new GeminiAnswer(), (n) => ({ candidates: [{ groundingMetadata: { [`k${n}`]: n } }] })],
  ["arguments", () => new GeminiAnswer(), (n) => {
    const functionCall = { name: "f", args: { [`k${n}`]: n }, willContinue: true };
    return { candidates: [{ content: { parts: [{ functionCall }] } }] };
  }],
  ["what a step brings", () => new InteractionAnswer(), (n) => (
    n === 0
      ? { event_type: "step.start", index: 0, step: { type: "novel" } }
      : { event_type: "step.delta", index: 0, delta: { type: "?", [`k${n}`]: n } }
  )],
  ["annotations", () => new InteractionAnswer(), (n) => {
    if (n === 0) return { event_type: "step.start", index: 0, step: { type: "model_output" } };
    if (n === 1) return { event_type: "step.delta", index: 0, delta: { type: "text", text: "a" } };
    const delta = { type: "text_annotation_delta", annotations: [{ n }] };
    return { event_type: "step.delta", index: 0, delta };
  }],
];

for (const [name, reader, event] of STREAMS) {
  Deno.test(`very many events: ${name}`, () => {
    const answer = reader();
    const start = performance.now();
    for (let n = 0; n < 50_000; n++) answer.event(event(n));
    assert.ok(JSON.stringify(answer.answer()).includes("49999"));
    const took = performance.now() - start;
    assert.ok(took < 5_000, `took ${took} ms`);
  });
}

Deno.test("very many parts of one message, pieces of one event", () => {
  const list = Array<JsonObject>(MANY).fill({ type: "text", text: "a" });
  const body = { messages: [{ role: "user", content: list, images: list }] };
  assert.equal(openaiChat.request(body, ENDPOINT).messages[0]?.parts.length, 2 * MANY);
  const chat = new ChatAnswer();
  chat.event({ choices: [{ delta: { images: list, annotations: list } }] });
  assert.equal(chat.answer().parts.length, MANY);
  const ollama = new OllamaAnswer();
  ollama.event({ message: { tool_calls: list } });
  assert.equal(ollama.answer().parts.length, MANY);
  const converse = new ConverseAnswer();
  const start = { start: { image: { format: "png" } } };
  converse.event({ ":event-type": "contentBlockStart", payload: start });
  converse.event({ ":event-type": "contentBlockDelta", payload: { delta: { toolResult: list } } });
  assert.equal(converse.answer().parts.length, 1);
});

Deno.test("very many tools that the provider ran", () => {
  const ids = Array.from({ length: 50_000 }, (_, n) => n % 2 === 0 ? `t${n}` : null);
  const parts = [
    ...ids.map((id) => ({ type: "server_tool_call", id, name: "search", server_tool_call: { type: "s" } })),
    ...ids.map((id, n) => (
      { type: "server_tool_call_response", id, server_tool_call_response: { type: "s", n } }
    )),
  ];
  const call = { id: "c", response: { parts, tool_calls: [] } } as unknown as Draft<LlmCalled>;
  const start = performance.now();
  const events = toolEvents(call);
  const took = performance.now() - start;
  assert.deepEqual(events.slice(-2).map(({ kind, id }) => [kind, id]), [
    ["tool.call", "c.provider.49999"],
    ["tool.result", "c.provider.49999"],
  ]);
  assert.equal(events.length, 100_000);
  assert.ok(took < 5_000, `took ${took} ms`);
});
