/** Anthropic Messages: content blocks, alike in requests and answers. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { base64Part, encrypted, filePart, otherPart, urlPart, withoutBinary } from "./media.ts";

/** A string or an array of content blocks. */
export function blocks(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }];
  return objects(content).map(blockPart);
}

export function blockPart(block: JsonObject): Part {
  const type = string(block.type) ?? "";
  switch (type) {
    case "text":
      return { type: "text", content: string(block.text) ?? "", ...citations(block.citations) };
    case "thinking": {
      const content = string(block.thinking) ?? "";
      return { type: "reasoning", content, ...encrypted(string(block.signature)) };
    }
    case "redacted_thinking":
      return { type: "reasoning", content: "", ...encrypted(string(block.data)) };
    case "tool_use": {
      const name = string(block.name) ?? "";
      return { type: "tool_call", id: string(block.id), name, arguments: block.input ?? {} };
    }
    case "tool_result":
      return {
        type: "tool_call_response",
        id: string(block.tool_use_id),
        response: Array.isArray(block.content) ? blocks(block.content) : block.content ?? "",
        is_error: block.is_error === true,
      };
    case "server_tool_use":
    case "mcp_tool_use":
      return serverToolCall(block);
    case "image":
    case "document":
      return mediaPart(type, block);
    case "container_upload": {
      const file = string(block.file_id);
      return file === null ? otherPart(type, block) : filePart("document", file);
    }
    case "compaction":
      return {
        type,
        id: null,
        content: string(block.content),
        ...encrypted(string(block.encrypted_content)),
      };
    default:
      return type.endsWith("_tool_result") ? serverToolResult(block) : otherPart(type, block);
  }
}

function citations(value: unknown): { readonly citations?: readonly unknown[] } {
  const cited = objects(value);
  return cited.length === 0 ? {} : { citations: cited.map((citation) => withoutBinary(citation)) };
}

function serverToolCall(block: JsonObject): Part {
  const name = string(block.name) ?? "";
  const server = block.type === "mcp_tool_use"
    ? { type: "mcp", server_name: block.server_name }
    : { type: name };
  const server_tool_call = { ...server, input: withoutBinary(block.input ?? {}) };
  return { type: "server_tool_call", id: string(block.id), name, server_tool_call };
}

/** `web_search_tool_result`, `code_execution_tool_result`, `mcp_tool_result` … */
function serverToolResult(block: JsonObject): Part {
  const type = `${block.type}`.replace(/_tool_result$/, "");
  const content = type === "mcp" ? blocks(block.content) : withoutBinary(block.content ?? "");
  const failed = block.is_error === true || /_error$/.test(string(object(block.content)?.type) ?? "");
  return {
    type: "server_tool_call_response",
    id: string(block.tool_use_id),
    server_tool_call_response: { type, content, ...(failed ? { is_error: true } : {}) },
  };
}

function mediaPart(modality: string, block: JsonObject): Part {
  const source = object(block.source);
  const data = string(source?.data);
  const url = string(source?.url);
  const file = string(source?.file_id);
  if (source?.type === "base64" && data !== null) {
    return base64Part(modality, data, string(source.media_type));
  }
  if (source?.type === "url" && url !== null) return urlPart(modality, url);
  if (source?.type === "file" && file !== null) return filePart(modality, file);
  if (source?.type === "text" && data !== null) return { type: "text", content: data };
  return otherPart(modality, block);
}
