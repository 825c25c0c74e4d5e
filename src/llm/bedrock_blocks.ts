/** Amazon Bedrock's Converse: content blocks, alike in requests and answers. A block is one key with its value. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { base64Part, encrypted, otherPart, withoutBinary } from "./media.ts";

const BLOCK =
  /^(?:text|image|document|video|audio|toolUse|toolResult|guardContent|cachePoint|reasoningContent|citationsContent|searchResult)$/;

export function isBlock(block: JsonObject): boolean {
  const keys = Object.keys(block);
  return keys.length === 1 && BLOCK.test(keys[0]!);
}

export function converseBlocks(content: unknown): Part[] {
  return objects(content).flatMap(blockParts);
}

function blockParts(block: JsonObject): Part[] {
  const name = Object.keys(block)[0] ?? "";
  const value = block[name];
  const fields = object(value) ?? {};
  switch (name) {
    case "text":
      return value === "" ? [] : [{ type: "text", content: string(value) ?? "" }];
    case "reasoningContent":
      return [reasoning(fields)];
    case "toolUse":
      return [toolUse(fields)];
    case "toolResult":
      return [toolResult(fields)];
    case "image":
    case "document":
    case "video":
    case "audio":
      return [mediaPart(name, fields)];
    case "guardContent": {
      const text = object(fields.text);
      return text ? [{ type: "text", content: string(text.text) ?? "" }] : converseBlocks([fields]);
    }
    case "citationsContent": {
      const content = objects(fields.content).map(({ text }) => string(text) ?? "").join("");
      return [{ type: "text", content, ...citations(fields.citations) }];
    }
    // It marks a place and says nothing.
    case "cachePoint":
      return [];
    default:
      return [otherPart(name, value)];
  }
}

export function citations(value: unknown): { readonly citations?: readonly unknown[] } {
  const cited = objects(value);
  return cited.length === 0 ? {} : { citations: cited.map((citation) => withoutBinary(citation)) };
}

function reasoning(content: JsonObject): Part {
  const text = object(content.reasoningText);
  const opaque = string(text?.signature) ?? string(content.redactedContent);
  return { type: "reasoning", content: string(text?.text) ?? "", ...encrypted(opaque) };
}

/** The service's own tools have a type. */
function toolUse(use: JsonObject): Part {
  const id = string(use.toolUseId);
  const name = string(use.name) ?? "";
  if (typeof use.type === "string") {
    const server_tool_call = { type: name, input: withoutBinary(use.input ?? {}) };
    return { type: "server_tool_call", id, name, server_tool_call };
  }
  return { type: "tool_call", id, name, arguments: use.input ?? {} };
}

function toolResult(result: JsonObject): Part {
  const id = string(result.toolUseId);
  const is_error = result.status === "error";
  const content = objects(result.content).flatMap((block) =>
    "json" in block ? [otherPart("json", block.json)] : blockParts(block)
  );
  if (typeof result.type !== "string") return { type: "tool_call_response", id, response: content, is_error };
  const server_tool_call_response = { type: result.type, content, ...(is_error ? { is_error } : {}) };
  return { type: "server_tool_call_response", id, server_tool_call_response };
}

/** Only of some formats is the name its media type's too. */
function mediaPart(modality: string, { format, name, source }: JsonObject): Part {
  const from = object(source);
  const bytes = string(from?.bytes);
  const uri = string(object(from?.s3Location)?.uri);
  const text = string(from?.text);
  const mime = modality !== "document"
    ? `${modality}/${format}`
    : format === "pdf"
    ? "application/pdf"
    : null;
  if (bytes !== null) return base64Part(modality, bytes, mime);
  if (uri !== null) return { type: "uri", modality, uri };
  if (text !== null) return { type: "text", content: text };
  return otherPart(modality, { format, name, source });
}
