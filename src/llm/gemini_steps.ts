/** Gemini's Interactions API: steps and their content, alike in requests and answers. */
import type { Message, Part } from "../event.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { base64Part, encrypted, otherPart, withoutBinary } from "./media.ts";

/** Content has a type too. */
export function isStep(raw: JsonObject): boolean {
  return /^(?:user_input|model_output|thought|\w+_call|\w+_result)$/.test(string(raw.type) ?? "");
}

/** A text, one content, contents, steps, or messages with a role. */
export function inputMessages(input: unknown): Message[] {
  if (typeof input === "string") return [{ role: "user", parts: [{ type: "text", content: input }] }];
  const one = object(input);
  const items = one ? [one] : objects(input);
  if (items.length > 0 && items.every((item) => !isStep(item) && string(item.role) === null)) {
    return [{ role: "user", parts: contents(items) }];
  }
  return items.map(inputMessage);
}

function inputMessage(raw: JsonObject): Message {
  const role = string(raw.role);
  if (role !== null) return { role: role === "model" ? "assistant" : role, parts: contents(raw.content) };
  if (!isStep(raw)) return { role: "user", parts: contents([raw]) };
  if (raw.type === "user_input") return { role: "user", parts: contents(raw.content) };
  return { role: raw.type === "function_result" ? "tool" : "assistant", parts: stepParts(raw) };
}

export function stepParts(step: JsonObject): Part[] {
  const type = string(step.type) ?? "";
  switch (type) {
    case "model_output":
    case "user_input":
      return contents(step.content);
    case "thought": {
      const content = objects(step.summary).map(({ text }) => string(text) ?? "").join("");
      return [{ type: "reasoning", content, ...encrypted(string(step.signature)) }];
    }
    case "function_call": {
      const name = string(step.name) ?? "";
      return [{ type: "tool_call", id: string(step.id), name, arguments: step.arguments ?? {} }];
    }
    case "function_result":
      return [functionResult(step)];
    default:
      return type.endsWith("_call")
        ? [serverCall(step, type.slice(0, -"_call".length))]
        : type.endsWith("_result")
        ? [serverResult(step, type.slice(0, -"_result".length))]
        : contents([step]);
  }
}

function contents(value: unknown): Part[] {
  if (typeof value === "string") return [{ type: "text", content: value }];
  return objects(value).map(contentPart);
}

function contentPart(raw: JsonObject): Part {
  const type = string(raw.type) ?? "";
  const annotations = objects(raw.annotations);
  switch (type) {
    case "text": {
      const content = string(raw.text) ?? "";
      return { type, content, ...(annotations.length > 0 ? { citations: annotations } : {}) };
    }
    case "image":
    case "audio":
    case "video":
    case "document": {
      const data = string(raw.data);
      const uri = string(raw.uri);
      if (data !== null) return base64Part(type, data, string(raw.mime_type));
      return uri === null ? otherPart(type, raw) : { type: "uri", modality: type, uri };
    }
    default:
      return isStep(raw) ? stepParts(raw)[0] ?? otherPart(type, raw) : otherPart(type, raw);
  }
}

function functionResult(step: JsonObject): Part {
  const name = string(step.name);
  return {
    type: "tool_call_response",
    id: string(step.call_id),
    ...(name === null ? {} : { name }),
    response: Array.isArray(step.result) ? contents(step.result) : step.result ?? "",
    is_error: step.is_error === true,
  };
}

function serverCall(step: JsonObject, tool: string): Part {
  const server = string(step.server_name);
  const type = { type: tool, ...(server === null ? {} : { server_name: server }) };
  return {
    type: "server_tool_call",
    id: string(step.id),
    name: string(step.name) ?? tool,
    server_tool_call: { ...type, input: withoutBinary(step.arguments ?? {}) },
  };
}

function serverResult(step: JsonObject, type: string): Part {
  const content = withoutBinary(step.result ?? "");
  return {
    type: "server_tool_call_response",
    id: string(step.call_id),
    server_tool_call_response: { type, content, ...(step.is_error === true ? { is_error: true } : {}) },
  };
}
