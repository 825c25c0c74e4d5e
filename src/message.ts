/** What is said in a call to a language model, in the shapes of the OpenTelemetry GenAI conventions. */

/** Content that is not kept: its size in bytes, and its hash. */
export interface Reference {
  readonly byte_size: number;
  readonly sha256: string;
}

/** A part of a message. */
export type Part =
  | {
    readonly type: "text";
    readonly content: string;
    /** Where the text comes from, as the provider puts it. */
    readonly citations?: readonly unknown[];
  }
  | {
    readonly type: "reasoning";
    /** "" when only the provider can read it. */
    readonly content: string;
    /** What only the provider can read of it: a signature, or the reasoning itself. */
    readonly encrypted?: Reference;
  }
  | {
    readonly type: "tool_call";
    readonly id: string | null;
    readonly name: string;
    readonly arguments: unknown;
  }
  | {
    readonly type: "tool_call_response";
    readonly id: string | null;
    /** Where the client names the tool: results without an id are told apart by it. */
    readonly name?: string;
    readonly response: unknown;
    readonly is_error?: boolean;
  }
  /** A tool that the provider ran itself; the inner `type` names it. */
  | {
    readonly type: "server_tool_call";
    readonly id: string | null;
    readonly name: string;
    readonly server_tool_call: ServerTool;
  }
  | {
    readonly type: "server_tool_call_response";
    readonly id: string | null;
    readonly server_tool_call_response: ServerTool;
  }
  /** Binary content by reference: its bytes are not kept here. */
  | {
    readonly type: "blob";
    readonly modality: string;
    readonly mime_type: string | null;
    readonly byte_size: number;
    readonly sha256?: string;
  }
  | { readonly type: "uri"; readonly modality: string; readonly uri: string }
  /** Content that was given to the provider before. */
  | { readonly type: "file"; readonly modality: string; readonly file_id: string }
  /** What stands for the messages before it; null when only the provider can read it. */
  | {
    readonly type: "compaction";
    readonly id: string | null;
    readonly content: string | null;
    readonly encrypted?: Reference;
  }
  /** A provider's own part that has no common shape, kept as it was sent. */
  | { readonly type: "other"; readonly name: string; readonly value: unknown };

export interface ServerTool {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Message {
  readonly role: "system" | "user" | "assistant" | "tool" | (string & Record<never, never>);
  readonly parts: readonly Part[];
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly parameters: unknown;
}

export interface ToolUse {
  /** The provider's; where it gives none, one of ours. */
  readonly id: string;
  readonly name: string;
  /** The assembled input; the raw string when it is not valid JSON. */
  readonly input: unknown;
}

/** OpenTelemetry counts: `input_tokens` includes cached ones, `output_tokens` includes reasoning. */
export interface Usage {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  readonly reasoning_tokens: number | null;
}
