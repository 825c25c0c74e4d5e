/** Items of the Responses API: the same shapes are a request's input and an answer's output. */
import type { Message, Part } from "../event.ts";
import { type JsonObject, object, objects, string, toolInput } from "./json.ts";
import { encrypted, otherPart, withoutBinary } from "./media.ts";
import { inputParts } from "./openai_item_content.ts";
import { serverToolParts } from "./openai_server_tools.ts";

export function itemMessage(item: JsonObject): Message {
  const type = string(item.type) ?? "message";
  const said = type.endsWith("_output") && item.execution !== "server" ? "tool" : "assistant";
  return { role: string(item.role) ?? (type === "message" ? "" : said), parts: itemParts(item) };
}

export function itemParts(item: JsonObject): Part[] {
  const type = string(item.type) ?? "message";
  switch (type) {
    case "message":
      return inputParts(item.content);
    case "reasoning":
      return [reasoningPart(item)];
    case "function_call":
      return [toolCall(item, toolInput(string(item.arguments) ?? ""))];
    case "custom_tool_call":
      return [toolCall(item, item.input ?? "")];
    // Tools that the client runs, with a fixed name.
    case "local_shell_call":
    case "shell_call":
    case "apply_patch_call":
    case "computer_call":
      return [toolCall(item, withoutBinary(item.action ?? item.actions ?? item.operation ?? {}))];
    // Codex's first form of it was called a summary.
    case "compaction":
    case "compaction_summary":
      return [{
        type: "compaction",
        id: string(item.id),
        content: string(item.summary),
        ...encrypted(string(item.encrypted_content)),
      }];
    case "tool_search_call":
      return item.execution === "client" ? [toolCall(item, item.arguments ?? {})] : serverToolParts(item);
    case "tool_search_output":
      return item.execution === "client" ? [toolResult(item, { tools: item.tools })] : serverToolParts(item);
    default: {
      const served = serverToolParts(item);
      if (served.length > 0) return served;
      return [type.endsWith("_call_output") ? toolResult(item, item.output) : otherPart(type, item)];
    }
  }
}

/** Tools that were given as an item, after the request's own. */
export function addedTools(input: unknown): JsonObject[] {
  return objects(input).filter(({ type }) => type === "additional_tools").flatMap(({ tools }) =>
    objects(tools)
  );
}

/** Two namespaces may have a tool of the same name: Codex has one for each MCP server. */
export function inNamespace(namespace: unknown, name: string): string {
  const within = string(namespace) ?? "";
  return within === "" ? name : `${within}.${name}`;
}

function toolCall(item: JsonObject, input: unknown): Part {
  const id = string(item.call_id) ?? string(item.id);
  const name = string(item.name) ?? `${item.type}`.replace(/_call$/, "");
  return { type: "tool_call", id, name: inNamespace(item.namespace, name), arguments: input };
}

function toolResult(item: JsonObject, output: unknown): Part {
  const id = string(item.call_id) ?? string(item.id);
  const failed = item.status === "failed" ? { is_error: true } : {};
  return { type: "tool_call_response", id, response: response(output), ...failed };
}

/** Content parts, one of them (a screenshot), or a tool's own values (a shell's streams and exit codes). */
function response(output: unknown): unknown {
  const parts = Array.isArray(output) ? objects(output) : [object(output) ?? {}];
  return parts.length > 0 && parts.every(({ type }) => string(type) !== null)
    ? inputParts(parts)
    : withoutBinary(output ?? "");
}

function reasoningPart(item: JsonObject): Part {
  const texts = [...objects(item.summary), ...objects(item.content)].map(({ text }) => string(text) ?? "");
  const content = texts.filter((text) => text !== "").join("\n\n");
  return { type: "reasoning", content, ...encrypted(string(item.encrypted_content)) };
}
