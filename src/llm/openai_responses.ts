/** OpenAI Responses: requests. Items are converted in `openai_items.ts`, answers read in `openai_responses_answer.ts`. */
import type { Message, ToolDefinition, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { addedTools, inNamespace, itemMessage } from "./openai_items.ts";
import { ResponsesAnswer } from "./openai_responses_answer.ts";

export const openaiResponses: Api = {
  name: "openai.responses",
  operation: "chat",
  path: /\/responses(?:\/compact)?$/,

  requestShape(body) {
    const items = objects(body.input);
    // An embeddings request has a model and an input too, but of plain strings or token numbers.
    if (items.length > 0 && items.every((item) => string(item.role) ?? string(item.type))) {
      return string(body.model) === null ? "possible" : "certain";
    }
    const continues = string(body.previous_response_id) !== null || object(body.prompt) !== null;
    return string(body.input) !== null || continues || Array.isArray(body.input) ? "possible" : "no";
  },

  answers(value) {
    return /^response(?:\.compaction)?$/.test(`${value.object}`) ||
      /^response\./.test(string(value.type) ?? "");
  },

  request(body) {
    const instructions = string(body.instructions);
    const conversation = string(body.conversation) ?? string(object(body.conversation)?.id);
    return {
      model: string(body.model),
      system: instructions === null ? [] : [{ type: "text", content: instructions }],
      messages: inputMessages(body.input),
      tools: [...objects(body.tools), ...addedTools(body.input)].flatMap(toolDefinitions),
      temperature: number(body.temperature),
      max_tokens: number(body.max_output_tokens),
      conversation,
      previousResponse: string(body.previous_response_id) ?? conversation,
      kept: true,
      keptIn: conversation,
    };
  },

  reader: () => new ResponsesAnswer(),

  usage(raw): Usage {
    const input = object(raw.input_tokens_details);
    const output = object(raw.output_tokens_details);
    return {
      input_tokens: number(raw.input_tokens),
      output_tokens: number(raw.output_tokens),
      cache_read_tokens: number(input?.cached_tokens),
      cache_write_tokens: number(input?.cache_write_tokens),
      reasoning_tokens: number(output?.reasoning_tokens),
    };
  },
};

function inputMessages(input: unknown): Message[] {
  if (typeof input === "string") return [{ role: "user", parts: [{ type: "text", content: input }] }];
  return objects(input).map(itemMessage);
}

function toolDefinitions(raw: JsonObject): ToolDefinition[] {
  const within = raw.type === "namespace" ? objects(raw.tools) : [];
  return within.length === 0 ? [tool(raw)] : within.map((one) => tool(one, raw.name));
}

function tool(raw: JsonObject, namespace: unknown = null): ToolDefinition {
  return {
    name: inNamespace(namespace, string(raw.name) ?? string(raw.type) ?? ""),
    description: string(raw.description),
    parameters: raw.parameters ?? raw.format ?? raw.tools ?? null,
  };
}
