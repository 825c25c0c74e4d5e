/** What an agent lets its model do: the tool that runs a shell command, whatever it is called this time. */
import { isRecord } from "../../samples/llm/dialect.ts";
import type { ToolRequest } from "../../samples/llm/script.ts";

const names = new Set([
  ...["Bash", "bash", "shell", "shell_command", "exec_command", "run_shell_command", "execute_command"],
  "run_commands",
]);

/** A request to run `command`, in the form of the tool that the request offers; null when it offers none. */
export function shellCall(request: Readonly<Record<string, unknown>>, command: string): ToolRequest | null {
  const tool = find(request.tools) ?? find(request.input);
  if (tool === null) return null;
  const schema = tool.input_schema ?? tool.parameters ?? tool.parametersJsonSchema;
  const { properties, required } = isRecord(schema) ? schema : {};
  if (!isRecord(properties)) return null;
  const wanted = Object.entries(properties).filter(([name]) =>
    ["command", "cmd", "commands"].includes(name) || Array.isArray(required) && required.includes(name)
  );
  return {
    name: String(tool.name),
    input: Object.fromEntries(wanted.map(([name, type]) => [name, argument(name, { type, command })])),
  };
}

/** Tools are in a list, in lists of functions inside it, or in an item of the conversation. */
function find(value: unknown): Record<string, unknown> | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = find(item);
      if (found !== null) return found;
    }
    return null;
  }
  if (!isRecord(value)) return null;
  if (typeof value.name === "string" && names.has(value.name)) return value;
  return find(value.function) ?? find(value.functionDeclarations) ?? find(value.tools);
}

function argument(name: string, { type, command }: { type: unknown; command: string }): unknown {
  const kind = isRecord(type) ? String(type.type).toLowerCase() : "string";
  if (name === "commands") return [command];
  if (name === "command" && kind === "array") return ["bash", "-c", command];
  if (name === "command" || name === "cmd") return command;
  return { boolean: false, number: 1, integer: 1 }[kind] ?? "Leave the proof";
}

/** Whether the conversation holds what a tool answered. */
export function hasToolResult({ messages, input, contents }: Readonly<Record<string, unknown>>): boolean {
  return [messages, input, contents].some((items) => Array.isArray(items) && items.some(isToolResult));
}

function isToolResult(item: unknown): boolean {
  if (!isRecord(item)) return false;
  if (item.role === "tool" || item.type === "tool_result" || isRecord(item.functionResponse)) return true;
  if (typeof item.type === "string" && item.type.endsWith("_call_output")) return true;
  return [item.content, item.parts].some((parts) => Array.isArray(parts) && parts.some(isToolResult));
}
