/** How the services that speak Chat Completions tell a model's reasoning: the API itself has no field for it. */
import { type JsonObject, objects, string } from "./json.ts";

export interface Reasoning {
  readonly content: string;
  /** What only the provider can read, as it was sent. */
  readonly opaque: string;
}

/**
 * DeepSeek, Qwen, vLLM and llama.cpp: `reasoning_content`. OpenRouter, Groq and newer vLLM: `reasoning`, and OpenRouter the
 * same again with its signatures in `reasoning_details`. GitHub Copilot: `reasoning_text` and `reasoning_opaque`.
 */
export function reasoningOf(raw: JsonObject): Reasoning {
  const told = string(raw.reasoning_content) || string(raw.reasoning) || string(raw.reasoning_text);
  let content = told || "";
  let opaque = string(raw.reasoning_opaque) ?? "";
  if (raw.reasoning_details === undefined) return { content, opaque };
  for (const detail of objects(raw.reasoning_details)) {
    if (!told) content += string(detail.text) ?? string(detail.summary) ?? "";
    opaque += string(detail.data) ?? string(detail.signature) ?? "";
  }
  return { content, opaque };
}
