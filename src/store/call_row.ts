import type { LlmCalled, Message, Part } from "../event.ts";
import type { CallRow } from "../server/api.ts";

const PREVIEW = 200;
/** Characters of a prompt, and of an answer, that can be searched. */
const SEARCHED = 256 * 1024;

/** A call as the lists show it: what it newly asks and the answer, cut to 200 characters. */
export function callRow(call: LlmCalled): CallRow {
  const { seq, ts, session, pid, start, comm, id, provider, api, model, endpoint, streaming } = call;
  const { conversation, thread, continues, compacted, subagent, purpose, retry_of } = call;
  const { error, usage, cost_usd, timing, complete, gaps } = call;
  return {
    ...{ seq, ts, session, pid, start, comm, id, provider, api, model, endpoint, streaming },
    ...{ conversation, thread, continues, compacted, subagent, purpose, retry_of },
    ...{ error, usage, cost_usd, timing, complete, gaps },
    status: call.http.status,
    ...prompt(call.request.messages),
    answer: cut(call.response.text, PREVIEW),
    tools: call.response.tool_calls.map((tool) => tool.name),
  };
}

/**
 * What full-text search finds a call by. A call that continues another one repeats its whole conversation, so
 * only what stands after the last answer is new.
 */
export function searchText(call: LlmCalled): { prompt: string; answer: string } {
  const { system, messages } = call.request;
  const answered = messages.findLastIndex((message) => message.role === "assistant");
  const parts = call.continues === null
    ? [...system, ...messages.flatMap((message) => message.parts)]
    : messages.slice(answered + 1).flatMap((message) => message.parts);
  const { parts: answer, text, tool_calls } = call.response;
  return {
    prompt: joined(parts),
    answer: joined(
      answer.length > 0 ? answer : [
        { type: "text", content: text },
        ...tool_calls.map(({ id, name, input }) => ({
          type: "tool_call" as const,
          id,
          name,
          arguments: input,
        })),
      ],
    ),
  };
}

/** An agent repeats its task with every result it sends back: the results tell its calls apart. */
function prompt(messages: readonly Message[]): Pick<CallRow, "prompt" | "prompt_from"> {
  const answered = messages.findLastIndex((message) => message.role === "assistant");
  const added = messages.slice(answered + 1);
  const results = added.flatMap(({ parts }) => parts.filter((part) => part.type === "tool_call_response"));
  const text = lastUserText(added);
  if (text === "" && results.length > 0) {
    return { prompt: cut(joined(results).trim(), PREVIEW), prompt_from: "tool" };
  }
  return { prompt: cut(text === "" ? lastUserText(messages) : text, PREVIEW), prompt_from: "user" };
}

function lastUserText(messages: readonly Message[]): string {
  for (const message of messages.toReversed()) {
    if (message.role !== "user") continue;
    const text = message.parts.findLast((part) => part.type === "text");
    if (text !== undefined) return text.content;
  }
  return "";
}

/** U+0002 and U+0003 mark matches in the answers, so they may not come from the text. */
function joined(parts: readonly Part[]): string {
  let out = "";
  for (const part of parts) {
    if (out.length >= SEARCHED) break;
    out += (out === "" ? "" : "\n") + textOf(part);
  }
  // deno-lint-ignore no-control-regex
  return cut(out, SEARCHED).replace(/[\0\x02\x03]/g, " ");
}

function textOf(part: Part): string {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.content;
    case "tool_call":
      return `${part.name} ${plain(part.arguments)}`;
    case "tool_call_response":
      return resultText(part.response);
    case "server_tool_call":
      return `${part.name} ${plain(part.server_tool_call)}`;
    case "server_tool_call_response":
      return plain(part.server_tool_call_response);
    case "compaction":
      return part.content ?? "";
    case "uri":
      return part.uri;
    case "other":
      return plain(part.value);
    case "blob":
    case "file":
      return "";
    default:
      return plain(part);
  }
}

/** Of a result in parts, their texts. */
function resultText(response: unknown): string {
  if (!Array.isArray(response)) return plain(response);
  return response.map((part: { type?: unknown; content?: unknown } | null) =>
    part?.type === "text" && typeof part.content === "string" ? part.content : plain(part)
  ).join("\n");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

/** Never cuts a surrogate pair in two. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
