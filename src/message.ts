/** What is said in a call to a language model, in the shapes of the OpenTelemetry GenAI conventions. */

/** A part of a message. */
export type Part =
  | { readonly type: "text"; readonly content: string }
  | { readonly type: "reasoning"; readonly content: string }
  | {
    readonly type: "tool_call";
    readonly id: string | null;
    readonly name: string;
    readonly arguments: unknown;
  }
  | {
    readonly type: "tool_call_response";
    readonly id: string | null;
    readonly response: unknown;
    readonly is_error?: boolean;
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
  /** A provider's own part that has no common shape, kept as it was sent. */
  | { readonly type: "other"; readonly name: string; readonly value: unknown };

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
  readonly id: string | null;
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
