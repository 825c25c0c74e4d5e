/** Anthropic Messages: content blocks, alike in requests and answers. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { base64Part, otherPart, urlPart } from "./media.ts";

/** A string or an array of content blocks. */
export function blocks(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }];
  return objects(content).map(blockPart);
}

export function blockPart(block: JsonObject): Part {
  const type = string(block.type) ?? "";
  switch (type) {
    case "text":
      return { type: "text", content: string(block.text) ?? "" };
    case "thinking":
      return { type: "reasoning", content: string(block.thinking) ?? "" };
    case "tool_use":
      return {
        type: "tool_call",
        id: string(block.id),
        name: string(block.name) ?? "",
        arguments: block.input ?? {},
      };
    case "tool_result":
      return {
        type: "tool_call_response",
        id: string(block.tool_use_id),
        response: Array.isArray(block.content) ? blocks(block.content) : block.content ?? "",
        is_error: block.is_error === true,
      };
    case "image":
    case "document":
      return mediaPart(type, block);
    default:
      return otherPart(type, block);
  }
}

function mediaPart(modality: string, block: JsonObject): Part {
  const source = object(block.source);
  const data = string(source?.data);
  const url = string(source?.url);
  if (source?.type === "base64" && data !== null) {
    return base64Part(modality, data, string(source.media_type));
  }
  if (source?.type === "url" && url !== null) return urlPart(modality, url);
  if (source?.type === "text" && data !== null) return { type: "text", content: data };
  return otherPart(modality, block);
}
