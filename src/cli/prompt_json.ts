/** `report prompts --json`: one JSON document, written while it is read. */
import type { LlmCalled } from "../event.ts";
import { type AskedCall, newMessages } from "../store/prompt_report.ts";
import { type ChosenCalls, contains, textsOf } from "./prompt_output.ts";
import type { About } from "./report.ts";

/** Lines that together are `{ recording, evidence, conversations: [{ …, calls: [] }] }`. */
export function* promptJson({ calls, grep }: ChosenCalls, about: About): Iterable<string> {
  yield `${JSON.stringify(about).slice(0, -1)},"conversations":[`;
  let thread: string | null = null;
  for (const asked of calls) {
    if (grep !== undefined && !contains(textsOf(asked.call), grep)) continue;
    const key = JSON.stringify([asked.conversation, asked.thread]);
    if (key !== thread) yield `${thread === null ? "" : "]},\n"}${conversationHead(asked)}`;
    yield `${key === thread ? "," : ""}${JSON.stringify(callOf(asked.call))}`;
    thread = key;
  }
  yield thread === null ? "]}" : "]}\n]}";
}

function conversationHead({ conversation, thread, agent, call: { session } }: AskedCall): string {
  return `${JSON.stringify({ conversation, thread, session, agent }).slice(0, -1)},"calls":[`;
}

/** An `llm.call` without the history that it repeats. */
function callOf(call: LlmCalled): Record<string, unknown> {
  const { messages, history } = newMessages(call);
  const { id, seq, ts, pid, model, provider, operation, continues, retry_of, error, complete, gaps } = call;
  const { request_id, compacted, subagent, spawned_by, purpose } = call;
  const { usage, cost_usd, timing, response } = call;
  return {
    ...{ id, seq, ts, pid, model, provider, operation, continues, retry_of, error, complete, gaps },
    ...{ request_id, compacted, subagent, spawned_by, purpose },
    ...{ usage, cost_usd, timing },
    history_messages: history,
    messages,
    answer: response,
  };
}
