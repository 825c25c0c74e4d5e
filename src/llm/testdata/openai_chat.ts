/** Pieces of Chat Completions traffic. */
import type { Usage } from "../../event.ts";

export const ASK = { model: "gpt-4o", messages: [{ role: "user", content: "hi" }], stream: true };

export const COUNTS = {
  prompt_tokens: 10,
  completion_tokens: 4,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

export const USAGE: Usage = {
  input_tokens: 10,
  output_tokens: 4,
  cache_read_tokens: 5,
  cache_write_tokens: null,
  reasoning_tokens: 2,
};

export function chunk(
  delta: unknown,
  finish_reason: string | null = null,
  index = 0,
): Record<string, unknown> {
  const choices = [{ index, delta, logprobs: null, finish_reason }];
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices };
}

export const LAST = {
  id: "c1",
  object: "chat.completion.chunk",
  created: 1,
  model: "gpt-4o",
  choices: [],
  usage: COUNTS,
};

/** A fragment of a tool call; the first one has an id. */
export function fragment(index: number, called: unknown, id?: string): Record<string, unknown> {
  return chunk({ tool_calls: [{ index, ...(id ? { id, type: "function" } : {}), function: called }] });
}

/** An answer in one piece. */
export function whole(...messages: readonly unknown[]): Record<string, unknown> {
  const choices = messages.map((message, index) => ({ index, message, finish_reason: "stop" }));
  return { id: "c1", object: "chat.completion", created: 1, model: "gpt-4o", choices, usage: COUNTS };
}
