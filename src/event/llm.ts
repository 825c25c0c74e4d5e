/** Exchanges with services, calls to language models among them, and the tools that models ask for. */
import type { Head, Micros } from "./head.ts";
import type { Message, Part, ToolDefinition, ToolUse, Usage } from "../message.ts";

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

export type LlmEvent = HttpExchanged | LlmCalled | LlmDelta | ToolCalled | ToolAnswered;
