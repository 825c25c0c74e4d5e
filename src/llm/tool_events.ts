/** The tools of an answer: those that the agent is to run, and those that the provider ran while it answered. */
import { Buffer } from "node:buffer";
import type { Draft, LlmCalled, Part, ToolAnswered, ToolCalled } from "../event.ts";
import type { ServerTool } from "../message.ts";

type ServerCall = Extract<Part, { type: "server_tool_call" }>;
type ServerAnswer = Extract<Part, { type: "server_tool_call_response" }>;

export function toolEvents(call: Draft<LlmCalled>): Draft<ToolCalled | ToolAnswered>[] {
  const { pid, tid, start, comm, ts, id: llm_call } = call;
  const at = { pid, tid, start, comm, ts, llm_call };
  const asked = call.response.tool_calls.map(({ id, name, input }) => (
    { ...at, kind: "tool.call" as const, id, name, input, run_by: "agent" as const }
  ));
  return [...asked, ...providerRuns(call, at)];
}

function providerRuns(
  { id: call, response: { parts } }: Draft<LlmCalled>,
  at: Pick<ToolCalled, "pid" | "tid" | "start" | "comm" | "ts" | "llm_call">,
): Draft<ToolCalled | ToolAnswered>[] {
  const calls = parts.filter((part): part is ServerCall => part.type === "server_tool_call");
  const answers = parts.filter((part): part is ServerAnswer => part.type === "server_tool_call_response");
  // Those without an id are answered in their order.
  const unnamed = answers.filter(({ id }) => id === null).values();
  const byId = new Map(answers.toReversed().map((part) => [part.id, part]));
  return calls.flatMap(({ id: given, name, server_tool_call: { type: _, ...rest } }, n) => {
    const input = rest.input ?? rest.arguments ?? rest;
    const id = given ?? `${call}.provider.${n}`;
    const run = { ...at, kind: "tool.call" as const, id, name, input, run_by: "provider" as const };
    const answer = given === null ? unnamed.next().value : byId.get(given);
    return answer ? [run, resultOf(answer, { ...at, id, name })] : [run];
  });
}

/** Some name their error by a code only. */
export function providerFailed({ is_error, error, error_code }: ServerTool): boolean {
  return is_error === true || (error ?? error_code ?? null) !== null;
}

function resultOf(
  { server_tool_call_response: result }: ServerAnswer,
  of: Omit<Draft<ToolAnswered>, "kind" | "is_error" | "bytes" | "run_by">,
): Draft<ToolAnswered> {
  const { type: _, is_error: _said, ...said } = result;
  const bytes = Buffer.byteLength(JSON.stringify(said));
  return { ...of, kind: "tool.result", is_error: providerFailed(result), bytes, run_by: "provider" };
}
