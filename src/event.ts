/**
 * Everything that flows through AgentSight: the event contract shared by `--json`, the store and the API.
 *
 * Events are past-tense facts and are never changed once emitted; a later stage adds events of its own.
 * Times are Unix microseconds, sizes bytes, and an absent value is `null` or a missing key, never 0.
 */

import type { Message, Part, Reference, ToolDefinition, ToolUse, Usage } from "./message.ts";

export type { Message, Part, Reference, ToolDefinition, ToolUse, Usage };

declare const brand: unique symbol;

/** Unix time in microseconds; below 2^53 until the year 2255. */
export type Micros = number & { readonly [brand]: "Micros" };

/** `<start of the root process, Unix µs, base 36>-<its pid>`: one agent process tree. */
export type SessionId = string & { readonly [brand]: "SessionId" };

/** One thread of one process. `start` tells a reused pid apart. */
export interface Actor {
  readonly pid: number;
  readonly tid: number;
  readonly start: Micros;
  readonly comm: string;
}

interface Head<K extends string> extends Actor {
  /** Position in the stream, from 1, without holes; live text has one too, and is not kept in a recording. */
  readonly seq: number;
  readonly ts: Micros;
  readonly kind: K;
  readonly session: SessionId | null;
  /** Present when equal events were folded into this one. */
  readonly count?: number;
  readonly first_ts?: Micros;
  readonly last_ts?: Micros;
}

export interface ProcessForked extends Head<"process.fork"> {
  readonly ppid: number;
  readonly child: number;
  readonly child_start: Micros;
}

/** A process that ran already when its tree came into view. */
export interface ProcessRunning extends Head<"process.running"> {
  readonly ppid: number;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly uid: number;
}

export interface ProcessExeced extends Head<"process.exec"> {
  readonly ppid: number;
  readonly exe: string;
  readonly argv: readonly string[];
  /** True when the arguments were longer than the 64 KiB that are kept. */
  readonly argv_truncated?: boolean;
  readonly cwd: string;
  readonly uid: number;
  /** Original bytes of names that are not UTF-8. */
  readonly exe_b64?: string;
  readonly cwd_b64?: string;
}

export interface ProcessExited extends Head<"process.exit"> {
  readonly ppid: number;
  readonly code?: number;
  readonly signal?: number;
  readonly duration_us: number;
  readonly rss_peak_kb: number;
}

interface FileFact {
  readonly path: string;
  readonly path_b64?: string;
  /** False where only the argument could be resolved, not the file the kernel used. */
  readonly path_exact?: boolean;
}

export interface FileOpened extends Head<"file.open">, FileFact {
  readonly access: "read" | "write" | "rw";
  readonly created: boolean;
  /** 0, or a negative errno. */
  readonly result: number;
}

/** A descriptor opened for writing was closed (or its process ended). */
export interface FileClosed extends Head<"file.close">, FileFact {
  readonly read_bytes: number;
  readonly written_bytes: number;
  /** True when nobody called close(2): the process ended with the file open. */
  readonly implicit?: boolean;
}

export interface FileUnlinked extends Head<"file.unlink" | "file.rmdir">, FileFact {
  readonly result: number;
}

export interface FileMade extends Head<"file.mkdir">, FileFact {
  readonly result: number;
}

export interface FileRenamed extends Head<"file.rename"> {
  readonly from: string;
  readonly to: string;
  readonly from_b64?: string;
  readonly to_b64?: string;
  readonly path_exact?: boolean;
  readonly result: number;
}

export interface NetConnected extends Head<"net.connect"> {
  readonly family: "inet" | "inet6";
  readonly addr: string;
  readonly port: number;
  /** 0, or a negative errno. */
  readonly result: number;
}

export interface HttpExchanged extends Head<"http.exchange"> {
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  readonly version: string;
  readonly req_headers: Readonly<Record<string, string>>;
  readonly resp_headers: Readonly<Record<string, string>>;
  readonly req_bytes: number;
  readonly resp_bytes: number;
  readonly duration_ms: number;
  /** Whether the traced process sent the request or answered it. */
  readonly role: "client" | "server";
  /** The other end of the connection's socket; null when it could not be told. */
  readonly peer: Peer | null;
  readonly complete: boolean;
  /** Bytes known to be missing from this exchange. */
  readonly gaps: number;
}

/** The other end of a connection, as far as the plain text can be tied to a socket. */
export interface Peer {
  /**
   * An internet address; of a unix socket the path that either end is bound to, `@name` when it is abstract, empty when
   * neither has one.
   */
  readonly addr: string;
  /** 0 of a unix socket. */
  readonly port: number;
  /** `certain`: the socket itself was read, or used within the TLS call; `strong`: a record of the right length left next; `likely`: by thread. */
  readonly confidence: "certain" | "strong" | "likely";
}

/** Whose wire format a call has; `provider` says who served it. */
export type ApiName =
  | "anthropic.messages"
  | "openai.chat"
  | "openai.completions"
  | "openai.responses"
  | "openai.embeddings"
  | "gemini.generate"
  | "gemini.interactions"
  | "bedrock.invoke"
  | "bedrock.converse"
  | "ollama.chat"
  | "ollama.generate"
  | "ollama.embed"
  | "connect.rpc";

/** `gen_ai.operation.name` of the OpenTelemetry GenAI conventions. */
export type Operation = "chat" | "text_completion" | "embeddings" | "generate_content";

export interface LlmCalled extends Head<"llm.call"> {
  readonly id: string;
  readonly provider: string;
  readonly api: ApiName;
  readonly operation: Operation;
  readonly model: string | null;
  readonly endpoint: string;
  readonly http: { readonly version: string; readonly status: number | null };
  readonly peer: Peer | null;
  /** What the service calls this request in its own logs, from a header of the answer. */
  readonly request_id: string | null;
  readonly streaming: boolean;
  /** A real id the client or provider sent, never an invented one. */
  readonly conversation: string | null;
  /** The first call of the thread that this one belongs to: what `continues` leads back to. */
  readonly thread: string;
  /** The call whose answer this one goes on from. */
  readonly continues: string | null;
  /** How many of the messages are new since then. */
  readonly appended: number | null;
  /** The history before the new messages is shorter than it was: cut off, or replaced by a summary. */
  readonly compacted: boolean;
  /** Whether an agent asks that another agent started; null when nothing tells. */
  readonly subagent: boolean | null;
  /** The tool use whose input became this thread's prompt. */
  readonly spawned_by: string | null;
  /** The client's own word for why it asks (`main`, `compaction`, …). */
  readonly purpose: string | null;
  readonly retry_of: string | null;
  readonly error: { readonly type: string; readonly message: string } | null;
  readonly request: {
    readonly system: readonly Part[];
    readonly messages: readonly Message[];
    /** `rebuilt`: the provider keeps the history, and it was seen before; `missing`: its beginning was not. */
    readonly history: "sent" | "rebuilt" | "missing";
    readonly tools: readonly ToolDefinition[];
    readonly temperature: number | null;
    readonly max_tokens: number | null;
  };
  readonly response: {
    readonly id: string | null;
    readonly parts: readonly Part[];
    readonly text: string;
    readonly tool_calls: readonly ToolUse[];
    readonly stop_reason: string | null;
  };
  readonly usage: Usage;
  readonly usage_raw: unknown;
  /** US dollars at list price, or null when the model's price is unknown. */
  readonly cost_usd: number | null;
  readonly timing: {
    readonly start: Micros;
    readonly ttft_ms: number | null;
    readonly duration_ms: number;
    /** Output tokens a second, from the first to the last byte of the answer. */
    readonly tokens_per_s: number | null;
  };
  readonly complete: boolean;
  /** Bytes known to be missing from the request or the answer. */
  readonly gaps: number;
}

/** Live text of a call in progress, in order; assembled text is in the `llm.call` that follows. */
export interface LlmDelta extends Head<"llm.delta"> {
  readonly id: string;
  readonly text: string;
}

export interface ToolCalled extends Head<"tool.call"> {
  /** The provider's; where it gives none, one of ours: `<call>.<n>`, `<call>.provider.<n>`. */
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Who carries it out: the agent, or the provider while it answers. */
  readonly run_by: "agent" | "provider";
  readonly llm_call: string;
}

export interface ToolAnswered extends Head<"tool.result"> {
  /** Of its `tool.call`; null when that is not known. */
  readonly id: string | null;
  readonly name: string | null;
  readonly is_error: boolean;
  readonly bytes: number;
  readonly run_by: "agent" | "provider";
  readonly llm_call: string;
}

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

/** Evidence lost since the last such event of the same class. */
export interface LossCounted extends Head<"loss"> {
  readonly class: string;
  readonly reason: string;
  readonly unit: "events" | "bytes";
  /** How many `unit`s. */
  readonly count: number;
}

/** What could be seen of a process and from when, or why not and what to do. */
export interface CoverageChanged extends Head<"coverage"> {
  readonly exe: string;
  /** The file that carries the TLS. */
  readonly library: string | null;
  /** The TLS implementation in it. */
  readonly stack: string | null;
  /** How its functions were found. */
  readonly method: string | null;
  /** `verified`: what the hooks gave was plain text; `rejected`: it was not, and they are off again. */
  readonly status: "attached" | "verified" | "rejected" | "unsupported" | "failed" | "timeout";
  readonly since: Micros;
  readonly reason?: string;
}

export type Event =
  | ProcessForked
  | ProcessRunning
  | ProcessExeced
  | ProcessExited
  | FileOpened
  | FileClosed
  | FileUnlinked
  | FileMade
  | FileRenamed
  | NetConnected
  | HttpExchanged
  | LlmCalled
  | LlmDelta
  | ToolCalled
  | ToolAnswered
  | McpMessaged
  | LossCounted
  | CoverageChanged;

export type Kind = Event["kind"];

/** An event before the correlate stage has given it its number and its session. */
export type Draft<E extends Event = Event> = E extends Event ? Omit<E, "seq" | "session"> : never;
