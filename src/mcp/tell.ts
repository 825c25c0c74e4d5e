/** A message becomes an event: an answer finds its request, a tool request its model's call. */
import { object } from "../llm/json.ts";
import type { JsonRpcId, JsonRpcMessage } from "../protocol/body/json_rpc.ts";
import type { McpContext } from "./context.ts";
import { type Process, toolRequest } from "./join.ts";
import { type About, mcpEvent } from "./mcp_event.ts";
import type { Asked } from "./requests.ts";
import type { ServerFacts } from "./server_facts.ts";

/** Where a message was seen. */
export interface Sighting {
  readonly about: Omit<About, "server" | "protocol_version" | "method" | "duration_ms" | "tool_call">;
  readonly facts: ServerFacts;
  /** The client's process, when it is known. */
  readonly client: Process | null;
  /** What is always the same server. */
  readonly server: string;
  /** Of the message's JSON text, or of what it was part of. */
  readonly bytes: number;
  readonly asked: (id: JsonRpcId, asked: Asked) => void;
  /** The request that has this id, which went the other way. */
  readonly answered: (id: JsonRpcId) => Asked | null;
}

export function tell(message: JsonRpcMessage, seen: Sighting, context: McpContext): void {
  const { about, bytes } = seen;
  const asked = message.type === "request"
    ? ask(message, seen)
    : message.type === "notification"
    ? null
    : seen.answered(message.id);
  const isAnswer = message.type === "response" || message.type === "error";
  const method = isAnswer ? asked?.method ?? null : message.method;
  // Only now: the request may show which conversation this is.
  const { facts } = seen;
  facts.learn(message, method);
  if (asked) joinTool(asked, seen, context);
  const event: About = {
    ...about,
    server: facts.name,
    protocol_version: facts.protocolVersion,
    method,
    duration_ms: isAnswer && asked ? Math.max(0, about.ts - asked.ts) / 1000 : null,
    tool_call: asked?.toolCall ?? null,
  };
  context.emit(mcpEvent(message, event, bytes));
  if (asked?.tool && asked.toolCall !== null && isAsking(message)) {
    context.joins.reopen(asked.tool.client, asked.toolCall);
  }
}

function ask(message: Extract<JsonRpcMessage, { type: "request" }>, seen: Sighting): Asked {
  const { id, method, params } = message;
  const { client, server, about: { ts } } = seen;
  const tool = method === "tools/call" ? toolRequest(params, { client, server }) : null;
  const asked: Asked = { method, ts, tool, toolCall: null };
  seen.asked(id, asked);
  return asked;
}

/** Agents that start tools before the model has ended show the call after the request: the answer looks again. */
function joinTool(asked: Asked, { facts, about: { ts } }: Sighting, { joins }: McpContext): void {
  if (asked.tool) asked.toolCall ??= joins.match(asked.tool, { ts, serverName: facts.name });
}

/** The client will ask again: it got an error, or has to supply something first. */
function isAsking(message: JsonRpcMessage): boolean {
  if (message.type === "error") return true;
  return message.type === "response" && object(message.result)?.resultType === "input_required";
}
