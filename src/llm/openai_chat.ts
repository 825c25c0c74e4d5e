/** OpenAI Chat Completions, and the many services that speak it: requests. Answers: `openai_chat_answer.ts`. */
import type { Message, ToolDefinition } from "../event.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";
import { ChatAnswer } from "./openai_chat_answer.ts";
import { chatContent, messageParts } from "./openai_chat_content.ts";
import { openaiUsage } from "./openai_usage.ts";

export const openaiChat: Api = {
  name: "openai.chat",
  operation: "chat",
  path: /\/(?:chat|agents)\/completions$/,

  requestShape(body) {
    const messages = objects(body.messages);
    if (messages.length === 0 || !messages.every((message) => string(message.role))) return "no";
    return string(body.model) === null ? "possible" : "certain";
  },

  answers(value) {
    return /^chat\.completion/.test(string(value.object) ?? "") || Array.isArray(value.choices);
  },

  request(body) {
    return {
      model: string(body.model),
      system: [],
      messages: objects(body.messages).map(message),
      tools: [...objects(body.tools), ...objects(body.functions)].map(tool),
      temperature: number(body.temperature),
      max_tokens: number(body.max_completion_tokens) ?? number(body.max_tokens),
      conversation: null,
      previousResponse: null,
    };
  },

  reader: () => new ChatAnswer(),

  usage: openaiUsage,
};

function message(raw: JsonObject): Message {
  const role = string(raw.role) ?? "";
  if (role === "tool" || role === "function") {
    const response = Array.isArray(raw.content) ? chatContent(raw.content) : raw.content ?? "";
    const name = string(raw.name);
    const named = name === null ? {} : { name };
    const id = string(raw.tool_call_id);
    return { role: "tool", parts: [{ type: "tool_call_response", id, ...named, response }] };
  }
  return { role, parts: messageParts(raw) };
}

function tool(raw: JsonObject): ToolDefinition {
  const defined = object(raw.function) ?? object(raw.custom) ?? raw;
  return {
    name: string(defined.name) ?? string(raw.type) ?? "",
    description: string(defined.description),
    parameters: defined.parameters ?? defined.format ?? null,
  };
}
