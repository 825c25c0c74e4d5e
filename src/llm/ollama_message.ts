/** Ollama: what a message holds, alike in requests and answers. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string } from "./json.ts";

export function ollamaParts(raw: JsonObject): Part[] {
  const parts: Part[] = [];
  const thinking = string(raw.thinking) ?? "";
  if (thinking !== "") parts.push({ type: "reasoning", content: thinking });
  const content = string(raw.content) ?? "";
  if (content !== "") parts.push({ type: "text", content });
  for (const call of objects(raw.tool_calls)) parts.push(toolCall(call));
  return parts;
}

/** Arguments are an object, and only newer versions give ids. */
function toolCall(raw: JsonObject): Part {
  const called = object(raw.function) ?? {};
  const id = string(raw.id) || null;
  return { type: "tool_call", id, name: string(called.name) ?? "", arguments: called.arguments ?? {} };
}
