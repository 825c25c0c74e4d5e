/** MCP messages as people think of them: a request with its answer. */
import type { McpMessaged } from "../../src/event.ts";
import { formatMs } from "./format.ts";

export interface McpExchange {
  readonly seq: number;
  readonly ts: McpMessaged["ts"];
  /** `tools/call read_file`. */
  readonly name: string;
  readonly server: string;
  /** Null while nothing came back. */
  readonly duration_ms: number | null;
  readonly state: "waiting" | "answered" | "failed";
  /** Of a failure. */
  readonly error: string | null;
  /** The tool use that it carries out. */
  readonly tool_call: string | null;
}

/** In the order of the requests; an answer whose request is not there stands for itself. */
export function mcpExchanges(events: readonly McpMessaged[]): readonly McpExchange[] {
  const exchanges: McpExchange[] = [];
  const waiting = new Map<string, number>();
  for (const event of events) {
    if (event.type === "notification") continue;
    if (event.type === "request") {
      waiting.set(keyOf(event, senderOf(event)), exchanges.length);
      exchanges.push(begun(event));
      continue;
    }
    const key = keyOf(event, senderOf(event) === "client" ? "server" : "client");
    const at = waiting.get(key);
    waiting.delete(key);
    const request = at === undefined ? undefined : exchanges[at];
    const answered = ended(request ?? begun(event), event);
    if (at === undefined) exchanges.push(answered);
    else exchanges[at] = answered;
  }
  return exchanges;
}

/** A method, and of a tool, a prompt or a resource which one. */
export function mcpName({ method, params }: McpMessaged): string {
  const named = params as { name?: unknown; uri?: unknown } | null | undefined;
  const what = typeof named?.name === "string" ? named.name : typeof named?.uri === "string" ? named.uri : "";
  return `${method ?? "unknown method"} ${what}`.trim();
}

/** What the server calls itself, else where it is. */
export function mcpServer({ server, endpoint, peer }: McpMessaged): string {
  if (server !== null) return server;
  if (endpoint !== null) return endpoint;
  if (peer === null) return "unknown server";
  return "comm" in peer ? peer.comm : `${peer.addr}:${peer.port}`;
}

export function mcpNote(
  { state, duration_ms, error }: Pick<McpExchange, "state" | "duration_ms" | "error">,
): string {
  if (state === "waiting") return "no answer";
  const took = duration_ms === null ? "answered" : formatMs(duration_ms);
  return state === "failed" ? `failed: ${error ?? "no reason given"}, ${took}` : took;
}

/** A protocol error, or a tool's own. */
export function mcpError({ type, error, result }: McpMessaged): string | null {
  if (type === "error") return messageOf(error) ?? "error";
  const told = result as { isError?: unknown; content?: unknown } | null | undefined;
  if (told?.isError !== true) return null;
  const content: readonly unknown[] = Array.isArray(told.content) ? told.content : [];
  const text = content.map((part) => (part as { text?: unknown } | null)?.text).find((text) =>
    typeof text === "string"
  );
  return typeof text === "string" ? text.slice(0, 200) : "the tool failed";
}

function messageOf(error: unknown): string | null {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : null;
}

type Role = "client" | "server";

function senderOf({ role, direction }: McpMessaged): Role {
  const self = role ?? "client";
  return direction === "send" ? self : self === "client" ? "server" : "client";
}

/** The same whichever end tells: of a pipe each end tells what it wrote. */
function keyOf({ pid, start, transport, endpoint, peer, id, role }: McpMessaged, asker: Role): string {
  const self = `${pid}:${start}`;
  const other = peer !== null && "pid" in peer ? `${peer.pid}:${peer.start}` : JSON.stringify(peer);
  const ends = role === "server" ? [other, self] : [self, other];
  return JSON.stringify([...ends, transport, endpoint, id, asker]);
}

function begun(event: McpMessaged): McpExchange {
  const { seq, ts, tool_call } = event;
  const name = mcpName(event);
  const server = mcpServer(event);
  return { seq, ts, name, server, duration_ms: null, state: "waiting", error: null, tool_call };
}

function ended(exchange: McpExchange, answer: McpMessaged): McpExchange {
  const error = mcpError(answer);
  return {
    ...exchange,
    server: answer.server ?? exchange.server,
    duration_ms: answer.duration_ms,
    state: error === null ? "answered" : "failed",
    error,
    tool_call: exchange.tool_call ?? answer.tool_call,
  };
}
