/** The counts of Chat Completions and legacy completions, as the many services that speak them write them. */
import type { Usage } from "../event.ts";
import { type JsonObject, number, object } from "./json.ts";

export function openaiUsage(raw: JsonObject): Usage {
  const timings = object(raw.timings);
  if (timings && !("prompt_tokens" in raw)) return timedUsage(timings);
  const prompt = object(raw.prompt_tokens_details);
  const completion = object(raw.completion_tokens_details);
  // Moonshot and xAI: beside the details.
  const reasoning = number(completion?.reasoning_tokens) ?? number(raw.reasoning_tokens);
  return {
    input_tokens: number(raw.prompt_tokens),
    output_tokens: outputTokens(raw, reasoning),
    cache_read_tokens: number(prompt?.cached_tokens) ?? number(raw.prompt_cache_hit_tokens) ??
      number(raw.cached_tokens),
    cache_write_tokens: number(prompt?.cache_write_tokens) ?? number(prompt?.cache_creation_input_tokens),
    reasoning_tokens: reasoning,
  };
}

/** xAI counts reasoning apart from the completion. The total says who does. */
function outputTokens(raw: JsonObject, reasoning: number | null): number | null {
  const completion = number(raw.completion_tokens);
  const input = number(raw.prompt_tokens);
  if (completion === null || input === null || reasoning === null) return completion;
  return number(raw.total_tokens) === input + completion + reasoning ? completion + reasoning : completion;
}

/** llama.cpp: `prompt_n` is without what was in its cache. */
function timedUsage(timings: JsonObject): Usage {
  const evaluated = number(timings.prompt_n);
  const cached = number(timings.cache_n);
  return {
    input_tokens: evaluated === null || cached === null ? null : evaluated + cached,
    output_tokens: number(timings.predicted_n),
    cache_read_tokens: cached,
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
}
