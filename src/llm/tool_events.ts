/** The tools of an answer: those that the agent is to run, and those that the provider ran while it answered. */
import { Buffer } from "node:buffer";
import type { Draft, LlmCalled, Part, ToolAnswered, ToolCalled } from "../event.ts";

type ServerCall = Extract<Part, { type: "server_tool_call" }>;
type ServerAnswer = Extract<Part, { type: "server_tool_call_response" }>;

export function toolEvents(call: Draft<LlmCalled>): Draft<ToolCalled | ToolAnswered>[] {
  const { pid, tid, start, comm, ts, id: llm_call } = call;
  const at = { pid, tid, start, comm, ts, llm_call };
  const asked = call.response.tool_calls.map(({ id, name, input }) => (
    { ...at, kind: "tool.call" as const, id: id!, name, input, run_by: "agent" as const }
  ));
  return [...asked, ...providerRuns(call, at)];
}

function providerRuns(
  { id: call, response: { parts } }: Draft<LlmCalled>,
  at: Pick<ToolCalled, "pid" | "tid" | "start" | "comm" | "ts" | "llm_call">,
): Draft<ToolCalled | ToolAnswered>[] {
  const calls = parts.filter((part): part is ServerCall => part.type === "server_tool_call");
  const answers = parts.filter((part): part is ServerAnswer => part.type === "server_tool_call_response");
  return calls.flatMap(({ id: given, name, server_tool_call: { type: _, ...rest } }, n) => {
    const input = rest.input ?? rest.arguments ?? rest;
    const id = given ?? `${call}.provider.${n}`;
    const run = { ...at, kind: "tool.call" as const, id, name, input, run_by: "provider" as const };
    const answer = given === null ? undefined : answers.find((part) => part.id === given);
    return answer ? [run, resultOf(answer, { ...at, id, name })] : [run];
  });
}

function resultOf(
  { server_tool_call_response: { type: _, ...result } }: ServerAnswer,
  of: Omit<Draft<ToolAnswered>, "kind" | "is_error" | "bytes" | "run_by">,
): Draft<ToolAnswered> {
  const is_error = result.is_error === true || (result.error ?? result.error_code ?? null) !== null;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  return { ...of, kind: "tool.result", is_error, bytes, run_by: "provider" };
}
