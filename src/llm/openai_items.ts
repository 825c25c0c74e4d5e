/** Items of the Responses API: the same shapes are a request's input and an answer's output. */
import type { Message, Part } from "../event.ts";
import { type JsonObject, object, objects, string, toolInput } from "./json.ts";
import { base64Part, otherPart, urlPart } from "./media.ts";

export function itemMessage(item: JsonObject): Message {
  const type = string(item.type) ?? "message";
  const role = type === "message" ? string(item.role) ?? "" : type.endsWith("_output") ? "tool" : "assistant";
  return { role, parts: itemParts(item) };
}

export function itemParts(item: JsonObject): Part[] {
  const type = string(item.type) ?? "message";
  const id = string(item.call_id) ?? string(item.id);
  switch (type) {
    case "message":
      return contentParts(item.content);
    case "reasoning":
      return [reasoningPart(item)];
    case "function_call":
      return [toolCall(item, { id, input: toolInput(string(item.arguments) ?? "") })];
    case "custom_tool_call":
      return [toolCall(item, { id, input: item.input ?? "" })];
    // Tools that the client runs, with a fixed name.
    case "local_shell_call":
    case "shell_call":
    case "apply_patch_call":
    case "computer_call":
      return [toolCall(item, { id, input: item.action ?? item.operation ?? {} })];
    case "image_generation_call": {
      const image = string(item.result);
      return [image === null ? otherPart(type, item) : base64Part("image", image, null)];
    }
    default:
      return [type.endsWith("_call_output") ? toolResult(item, id) : otherPart(type, item)];
  }
}

function toolCall(item: JsonObject, call: { id: string | null; input: unknown }): Part {
  const name = string(item.name) ?? `${item.type}`.replace(/_call$/, "");
  return { type: "tool_call", id: call.id, name, arguments: call.input };
}

function toolResult(item: JsonObject, id: string | null): Part {
  const response = Array.isArray(item.output) ? contentParts(item.output) : item.output ?? "";
  const failed = item.status === "failed" ? { is_error: true } : {};
  return { type: "tool_call_response", id, response, ...failed };
}

/** Reasoning that only the provider can read is kept as it was sent. */
function reasoningPart(item: JsonObject): Part {
  const texts = [...objects(item.summary), ...objects(item.content)].map(({ text }) => string(text) ?? "");
  const content = texts.filter((text) => text !== "").join("\n\n");
  return content === "" ? otherPart("reasoning", item) : { type: "reasoning", content };
}

function contentParts(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }];
  return objects(content).map(contentPart);
}

function contentPart(raw: JsonObject): Part {
  const type = string(raw.type) ?? "";
  const text = string(raw.text);
  if (/^(?:input_|output_|summary_)?text$/.test(type) && text !== null) {
    return { type: "text", content: text };
  }
  if (type === "refusal") return otherPart(type, raw.refusal);
  const image = string(raw.image_url) ?? string(object(raw.image_url)?.url);
  if (image !== null) return urlPart("image", image);
  const file = string(raw.file_data) ?? string(raw.file_url);
  return file === null ? otherPart(type, raw) : urlPart("document", file);
}
