/** What a trace says of the calls of an `AskingProcess`, and what it must say. */
import assert from "node:assert/strict";
import type { AgentSight } from "./agentsight.ts";
import { ofKind } from "./agentsight.ts";
import { answerTo } from "./asker_world.ts";
import type { AskingProcess } from "./asking_process.ts";

export interface AskedCall {
  readonly complete: boolean;
  readonly gaps: number;
  readonly prompt: unknown;
  readonly text: string;
}

/** The calls of one process so far, in the order in which they ended. */
export function seenCalls(watch: AgentSight, { pid }: { readonly pid: number }): AskedCall[] {
  return ofKind(watch.events, "llm.call").filter((call) => call.pid === pid).map((
    { complete, gaps, request, response },
  ) => ({ complete, gaps, prompt: request.messages[0]?.parts, text: response.text }));
}

/** Calls that were seen whole. */
export function wholeCalls(prompts: readonly string[]): AskedCall[] {
  return prompts.map((prompt) => ({
    complete: true,
    gaps: 0,
    prompt: [{ type: "text", content: prompt }],
    text: answerTo(prompt),
  }));
}

/** Resolves when the answer that it heard last was seen. */
export async function lastAnswerSeen(watch: AgentSight, asker: AskingProcess): Promise<void> {
  const text = answerTo(asker.asked.at(-1)!);
  await watch.event("llm.call", (call) => call.pid === asker.pid && call.response.text === text);
}

/** The largest program is looked through in a tenth of this. */
const PATIENCE_MS = 20_000;
/** After the first that is seen. */
const MORE = 5;

/**
 * Asks until the trace sees it, and then some more: all of these must be seen, and as they were.
 * @throws {AssertionError}
 */
export async function checkFound(watch: AgentSight, asker: AskingProcess): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let i = 0; seenCalls(watch, asker).length === 0; i++) {
    assert.ok(performance.now() < deadline, `none of ${i} requests was seen`);
    await asker.ask(`prompt ${asker.pid} ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (let i = 0; i < MORE; i++) await asker.ask(`more ${asker.pid} ${i}`);
  await lastAnswerSeen(watch, asker);
  const seen = seenCalls(watch, asker);
  const first = asker.asked.findIndex((prompt) => seen[0]!.text === answerTo(prompt));
  assert.deepEqual(seen, wholeCalls(asker.asked.slice(first)));
}
