/** Legacy completions: OpenAI's, its family's, and the native one of llama.cpp. Text in, text out. */
import type { Part } from "../event.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { otherPart } from "./media.ts";
import { CompletionsAnswer } from "./openai_completions_answer.ts";
import { openaiUsage } from "./openai_usage.ts";

export const openaiCompletions: Api = {
  name: "openai.completions",
  operation: "text_completion",
  path: /\/completions?$/,

  requestShape(body) {
    const { prompt } = body;
    return (typeof prompt === "string" || Array.isArray(prompt)) && !("messages" in body) ? "possible" : "no";
  },

  answers(value) {
    if (value.object === "text_completion") return true;
    const [choice] = objects(value.choices);
    return choice ? "text" in choice : string(value.content) !== null && typeof value.stop === "boolean";
  },

  request(body) {
    return {
      model: string(body.model),
      system: [],
      messages: [{ role: "user", parts: promptParts(body.prompt) }],
      tools: [],
      temperature: number(body.temperature),
      max_tokens: number(body.max_tokens) ?? number(body.n_predict),
      conversation: null,
      previousResponse: null,
    };
  },

  reader: () => new CompletionsAnswer(),

  usage: (raw) => "tokens_evaluated" in raw || "tokens_predicted" in raw ? llamaUsage(raw) : openaiUsage(raw),
};

/** One text, several, or the numbers of their tokens. */
export function promptParts(prompt: unknown): Part[] {
  if (typeof prompt === "string") return [{ type: "text", content: prompt }];
  if (!Array.isArray(prompt)) return [];
  if (typeof prompt[0] === "number") return [tokens(prompt)];
  return prompt.map((one) => {
    if (typeof one === "string") return { type: "text", content: one };
    return Array.isArray(one) ? tokens(one) : otherPart("prompt", one);
  });
}

function tokens(numbers: readonly unknown[]): Part {
  return otherPart("tokens", { count: numbers.length });
}

/** llama.cpp: `tokens_evaluated` is the whole prompt, `tokens_cached` what its cache holds afterwards. */
function llamaUsage(raw: JsonObject): ReturnType<Api["usage"]> {
  return {
    input_tokens: number(raw.tokens_evaluated),
    output_tokens: number(raw.tokens_predicted),
    cache_read_tokens: number(object(raw.timings)?.cache_n),
    cache_write_tokens: null,
    reasoning_tokens: null,
  };
}
