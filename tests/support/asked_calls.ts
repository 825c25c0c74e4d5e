/** What a trace says of the calls of an `AskingProcess`, and what it must say. */
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
