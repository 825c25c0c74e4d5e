/** Every call that AgentSight tells against what the model's server knows of it. */
import assert from "node:assert/strict";
import type { ToolRequest } from "../../samples/llm/script.ts";
import type { Event, Part } from "../../src/event.ts";
import type { Message } from "../../src/message.ts";
import { ofKind } from "../support/agentsight.ts";
import type { ModelExchange } from "./agent_model.ts";
import { requestTexts, systemTexts } from "./request_texts.ts";

type Call = ReturnType<typeof ofKind<"llm.call">>[number];

/** Each exchange has its call, with the same prompts, answer, tool inputs, tool results and token numbers. */
export function assertCalls(exchanges: readonly ModelExchange[], events: readonly Event[]): void {
  const told = assertEachCall(exchanges, events);
  const conversation = told.filter(({ exchange }) => exchange.part !== "aside").map(({ call }) => call);
  for (const [i, call] of conversation.entries()) {
    if (i > 0) {
      assert.equal(call.continues, conversation[i - 1]!.id, `call ${i + 1} continues the one before`);
    }
    assert.equal(call.conversation, conversation[0]!.conversation);
    assert.equal(call.compacted, false);
  }
  assertTools(told.map(({ exchange }) => exchange), events);
}

/** Without what they are to each other. */
export function assertEachCall(exchanges: readonly ModelExchange[], events: readonly Event[]) {
  const calls = ofKind(events, "llm.call").filter(({ http }) => http.status === 200 || http.status === 101);
  assert.equal(calls.length, exchanges.length);
  return exchanges.map((exchange) => {
    const call = calls.find(({ response }) => numberOf(response.id) === exchange.reply.number);
    assert.ok(call, `answer ${exchange.reply.number} (${exchange.part}) has no call`);
    assertCall(exchange, call);
    return { exchange, call };
  });
}

function assertCall({ reply, requestBody, coding }: ModelExchange, call: Call): void {
  const { turn } = reply;
  const what = `answer ${reply.number} (${coding})`;
  assert.deepEqual([call.complete, call.gaps, call.error], [true, 0, null], what);
  assert.equal(call.response.text, turn.text, what);
  assert.deepEqual(call.response.tool_calls.map(({ name, input }) => ({ name, input })), [
    ...(turn.tools ?? []).map((tool) => ({ name: toolName(tool), input: tool.input })),
  ]);
  const { input, cacheRead, cacheWrite, output, reasoning } = turn.usage;
  assert.equal(call.usage.input_tokens, input + cacheRead + cacheWrite, what);
  assert.equal(call.usage.output_tokens, output, what);
  assert.equal(call.usage.cache_read_tokens, cacheRead, what);
  assert.equal(call.usage.reasoning_tokens, reasoning, what);
  assert.equal(call.streaming, call.timing.ttft_ms !== null || turn.text === "", what);
  const sent = requestTexts(requestBody);
  const seen = call.request.messages.flatMap(messageTexts);
  // A request over a WebSocket has only what is new; the history before it was put together again.
  assert.deepEqual(seen.slice(seen.length - sent.length), sent, what);
  if (call.request.history === "sent") assert.equal(seen.length, sent.length, what);
  assert.notEqual(call.request.history, "missing", what);
  const system = call.request.system.flatMap(partTexts);
  const asked = systemTexts(requestBody);
  if (asked.length > 0) assert.deepEqual(system, asked, what);
}

/** Every tool use is told once, and every result that came back, by the same ids. */
function assertTools(exchanges: readonly ModelExchange[], events: readonly Event[]): void {
  const used = exchanges.flatMap(({ reply }) => reply.turn.tools ?? []);
  const calls = ofKind(events, "tool.call");
  assert.deepEqual(
    calls.map(({ name, input }) => ({ name, input })),
    used.map((tool) => ({ name: toolName(tool), input: tool.input })),
  );
  const results = ofKind(events, "tool.result");
  assert.deepEqual(results.map(({ id }) => id).sort(), calls.map(({ id }) => id).sort());
  for (const { name, bytes } of results) {
    assert.ok(calls.some((call) => call.name === name));
    assert.ok(bytes > 0);
  }
}

/** As AgentSight tells it. */
export function toolName({ name, namespace }: ToolRequest): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}

/** Ids are made from the answer's number: `prefix` 000…n. */
function numberOf(id: string | null): number {
  return parseInt(id?.slice(-6) ?? "", 36);
}

function messageTexts({ parts }: Message): string[] {
  return parts.flatMap(partTexts);
}

function partTexts(part: Part): string[] {
  if (part.type === "text") return [part.content];
  if (part.type !== "tool_call_response") return [];
  const { response } = part;
  if (typeof response === "string") return [response];
  return Array.isArray(response)
    ? (response as readonly Part[]).flatMap(partTexts)
    : [JSON.stringify(response)];
}
