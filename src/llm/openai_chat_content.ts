/** OpenAI Chat Completions: what a message holds, alike in requests and answers. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string, toolInput } from "./json.ts";
import { base64Part, otherPart, urlPart } from "./media.ts";

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
