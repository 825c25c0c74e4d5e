/** OpenAI Chat Completions, and the many services that speak it: requests. Answers: `openai_chat_answer.ts`. */
import type { Message, Part, ToolDefinition, Usage } from "../event.ts";
import type { Api } from "./api.ts";
import { type JsonObject, number, object, objects, string, toolInput } from "./json.ts";
import { base64Part, otherPart, urlPart } from "./media.ts";
import { ChatAnswer } from "./openai_chat_answer.ts";

export const openaiChat: Api = {
  name: "openai.chat",
  path: /\/chat\/completions$/,

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

  usage(raw): Usage {
    const prompt = object(raw.prompt_tokens_details);
    const completion = object(raw.completion_tokens_details);
    return {
      input_tokens: number(raw.prompt_tokens),
      output_tokens: number(raw.completion_tokens),
      cache_read_tokens: number(prompt?.cached_tokens) ?? number(raw.prompt_cache_hit_tokens),
      cache_write_tokens: number(prompt?.cache_write_tokens),
      reasoning_tokens: number(completion?.reasoning_tokens),
    };
  },
};

function message(raw: JsonObject): Message {
  const role = string(raw.role) ?? "";
  if (role === "tool" || role === "function") {
    const response = Array.isArray(raw.content) ? chatContent(raw.content) : raw.content ?? "";
    return { role: "tool", parts: [{ type: "tool_call_response", id: string(raw.tool_call_id), response }] };
  }
  return { role, parts: messageParts(raw) };
}

/** The parts of a message of the client or of the model, in the order a reader sees them. */
export function messageParts(raw: JsonObject): Part[] {
  const parts: Part[] = [];
  const reasoning = string(raw.reasoning_content) ?? string(raw.reasoning) ?? "";
  if (reasoning !== "") parts.push({ type: "reasoning", content: reasoning });
  parts.push(...chatContent(raw.content));
  const refusal = string(raw.refusal) ?? "";
  if (refusal !== "") parts.push(otherPart("refusal", refusal));
  for (const call of objects(raw.tool_calls)) parts.push(toolCall(call));
  const legacy = object(raw.function_call);
  if (legacy) parts.push(toolCall({ function: legacy }));
  return parts;
}

function toolCall(raw: JsonObject): Part {
  const id = string(raw.id);
  const custom = object(raw.custom);
  if (custom) {
    return { type: "tool_call", id, name: string(custom.name) ?? "", arguments: custom.input ?? "" };
  }
  const called = object(raw.function) ?? {};
  const text = string(called.arguments);
  const input = text === null ? called.arguments ?? {} : toolInput(text);
  return { type: "tool_call", id, name: string(called.name) ?? "", arguments: input };
}

export function chatContent(content: unknown): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", content }];
  return objects(content).map(contentPart);
}

function contentPart(raw: JsonObject): Part {
  const type = string(raw.type) ?? "";
  switch (type) {
    case "text":
      return { type: "text", content: string(raw.text) ?? "" };
    case "thinking":
      return {
        type: "reasoning",
        content: objects(raw.thinking).map(({ text }) => string(text) ?? "").join(""),
      };
    case "refusal":
      return otherPart("refusal", raw.refusal);
    case "image_url": {
      const url = string(raw.image_url) ?? string(object(raw.image_url)?.url);
      return url === null ? otherPart(type, raw) : urlPart("image", url);
    }
    case "input_audio": {
      const audio = object(raw.input_audio);
      const data = string(audio?.data);
      return data === null ? otherPart(type, raw) : base64Part("audio", data, `audio/${audio?.format}`);
    }
    case "file": {
      const data = string(object(raw.file)?.file_data);
      return data === null ? otherPart(type, raw) : urlPart("document", data);
    }
    default:
      return otherPart(type, raw);
  }
}

function tool(raw: JsonObject): ToolDefinition {
  const defined = object(raw.function) ?? object(raw.custom) ?? raw;
  return {
    name: string(defined.name) ?? string(raw.type) ?? "",
    description: string(defined.description),
    parameters: defined.parameters ?? defined.format ?? null,
  };
}
