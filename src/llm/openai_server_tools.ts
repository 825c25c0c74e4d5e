/** The Responses API: tools that the provider ran itself. One item is both the use and its result. */
import type { Part, ServerTool } from "../message.ts";
import { type JsonObject, string, toolInput } from "./json.ts";
import { base64Part, withoutBinary } from "./media.ts";

/** Which fields of an item are what the tool was asked, and which what it gave. */
interface Fields {
  readonly asked: readonly string[];
  readonly gave: readonly string[];
}

const TOOLS: ReadonlyMap<string, Fields> = new Map([
  ["web_search_call", { asked: ["action"], gave: ["results"] }],
  ["file_search_call", { asked: ["queries"], gave: ["results"] }],
  ["code_interpreter_call", { asked: ["code", "container_id"], gave: ["outputs"] }],
  ["mcp_call", { asked: ["server_label", "arguments"], gave: ["output", "error"] }],
  ["image_generation_call", { asked: ["action", "revised_prompt", "size", "quality"], gave: ["result"] }],
  ["tool_search_call", { asked: ["arguments"], gave: [] }],
  ["tool_search_output", { asked: [], gave: ["tools"] }],
]);

/** No parts when the item is no such tool. */
export function serverToolParts(item: JsonObject): Part[] {
  const type = string(item.type) ?? "";
  const fields = TOOLS.get(type);
  if (!fields) return [];
  const tool = type.replace(/_(?:call|output)$/, "");
  const id = string(item.call_id) ?? string(item.id);
  const call = picked(item, { type: tool, names: fields.asked });
  const result = picked(item, { type: tool, names: fields.gave });
  const parts: Part[] = [];
  if (!type.endsWith("_output")) {
    parts.push({ type: "server_tool_call", id, name: string(item.name) ?? tool, server_tool_call: call });
  }
  if (Object.keys(result).length > 1) {
    parts.push({ type: "server_tool_call_response", id, server_tool_call_response: result });
  }
  return parts;
}

function picked(item: JsonObject, { type, names }: { type: string; names: readonly string[] }): ServerTool {
  const told = names.filter((name) => (item[name] ?? null) !== null);
  return { type, ...Object.fromEntries(told.map((name) => [name, value(type, { name, raw: item[name] })])) };
}

function value(tool: string, { name, raw }: { name: string; raw: unknown }): unknown {
  if (name === "arguments" && typeof raw === "string") return toolInput(raw);
  if (tool === "image_generation" && name === "result" && typeof raw === "string") {
    return base64Part("image", raw, null);
  }
  return withoutBinary(raw);
}
