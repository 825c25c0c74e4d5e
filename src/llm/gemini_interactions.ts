/** Gemini's Interactions API, which keeps the conversation: requests. Answers: `gemini_interactions_answer.ts`. */
import type { ToolDefinition, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { InteractionAnswer } from "./gemini_interactions_answer.ts";
import { inputMessages, isStep } from "./gemini_steps.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";

export const geminiInteractions: Api = {
  name: "gemini.interactions",
  operation: "generate_content",
  path: /\/interactions$/,

  requestShape(body) {
    const { input } = body;
    const said = typeof input === "string" || objects(input).length > 0 || object(input) !== null;
    if (!said || (string(body.model) ?? string(body.agent)) === null) return "no";
    const marked = string(body.previous_interaction_id) !== null || object(body.generation_config) !== null ||
      objects(input).some(isStep);
    return marked ? "certain" : "possible";
  },

  answers(value) {
    if (/^(?:interaction|step)\./.test(string(value.event_type) ?? "")) return true;
    return value.object === "interaction" || (Array.isArray(value.steps) && string(value.status) !== null);
  },

  request(body) {
    const config = object(body.generation_config);
    const system = string(body.system_instruction);
    return {
      model: string(body.model) ?? string(body.agent),
      system: system === null ? [] : [{ type: "text", content: system }],
      messages: inputMessages(body.input),
      tools: objects(body.tools).map(tool),
      temperature: number(config?.temperature),
      max_tokens: number(config?.max_output_tokens),
      conversation: null,
      previousResponse: string(body.previous_interaction_id),
      kept: true,
    };
  },

  reader: () => new InteractionAnswer(),

  /** As in generateContent: the total is of input, output, thoughts and tools. */
  usage(raw): Usage {
    const input = number(raw.total_input_tokens);
    const output = number(raw.total_output_tokens);
    const thoughts = number(raw.total_thought_tokens);
    return {
      input_tokens: input === null ? null : input + (number(raw.total_tool_use_tokens) ?? 0),
      output_tokens: output === null ? null : output + (thoughts ?? 0),
      cache_read_tokens: number(raw.total_cached_tokens),
      cache_write_tokens: null,
      reasoning_tokens: thoughts,
    };
  },
};

/** The service's own tools have a type and settings. */
function tool(raw: JsonObject): ToolDefinition {
  const name = string(raw.name) ?? string(raw.type) ?? "";
  return { name, description: string(raw.description), parameters: raw.parameters ?? null };
}
