/** Messages between clients and servers of the Model Context Protocol. */
import type { Head, Micros } from "./head.ts";
import type { Peer } from "./llm.ts";

/** One JSON-RPC message between an MCP client and an MCP server. */
export interface McpMessaged extends Head<"mcp.message"> {
  /** `sse`: the older HTTP transport, whose answers come on one stream of events. */
  readonly transport: "stdio" | "http" | "sse";
  /** What the process is here; null while nothing told. A message between two traced processes over HTTP is told by both. */
  readonly role: "client" | "server" | null;
  /** Seen from the process. */
  readonly direction: "send" | "recv";
  readonly type: "request" | "notification" | "response" | "error";
  /** Of an answer, what it answers; null when that was not seen. */
  readonly method: string | null;
  readonly id: string | number | null;
  /** As sent; `{truncated: bytes}` in place of more than 256 KiB of JSON. */
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  /** The process at the other end of a pipe, or of a socket. */
  readonly peer: Peer | PeerProcess | null;
  /** The URL; null for stdio. */
  readonly endpoint: string | null;
  /** As it calls itself. */
  readonly server: string | null;
  readonly protocol_version: string | null;
  /** Of an answer: since its request. */
  readonly duration_ms: number | null;
  /** The `tool.call` that this `tools/call`, or its answer, carries out. */
  readonly tool_call: string | null;
  /** False when the message could not be read and only its headers tell of it. */
  readonly complete: boolean;
}

/** The process at the other end of a pipe. */
export interface PeerProcess {
  readonly pid: number;
  readonly start: Micros;
  readonly comm: string;
}
