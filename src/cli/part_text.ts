/** A part of a message for people: a sign for what it is, and its text. */
import type { Message, Part } from "../event.ts";
import { bytes } from "./format.ts";

export interface PartText {
  readonly sign: "›" | "‹" | "⚙" | "↳" | "✗" | "·" | "~";
  /** Of a tool, or what it is, when it is no plain text. */
  readonly label: string;
  readonly text: string;
}

/** Parts that a newer AgentSight or another provider may have are shown as JSON. */
interface AnyPart {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** `toolName` knows what a result answers. */
export function partText(
  part: Part,
  { from, toolName }: { from: "user" | "assistant"; toolName: (id: string | null) => string | null },
): PartText {
  switch (part.type) {
    case "text":
      return { sign: from === "user" ? "›" : "‹", label: "", text: part.content };
    case "reasoning":
      return { sign: "~", label: "reasoning", text: part.content };
    case "tool_call":
      return { sign: "⚙", label: part.name, text: oneLine(part.arguments) };
    case "tool_call_response": {
      const label = toolName(part.id) ?? "tool result";
      return { sign: part.is_error ? "✗" : "↳", label, text: resultText(part.response) };
    }
    case "server_tool_call": {
      const { type: _, ...input } = part.server_tool_call;
      return { sign: "⚙", label: `${part.name} (run by the provider)`, text: oneLine(input) };
    }
    case "server_tool_call_response": {
      const { type, ...result } = part.server_tool_call_response;
      return { sign: result.is_error === true ? "✗" : "↳", label: type, text: oneLine(result) };
    }
    case "compaction":
      return {
        sign: "·",
        label: "compacted history",
        text: part.content ?? "(only the provider can read it)",
      };
    case "file":
      return { sign: "·", label: part.modality, text: part.file_id };
    case "blob":
      return {
        sign: "·",
        label: part.modality,
        text: `${part.mime_type ?? "unknown type"}, ${bytes(part.byte_size)}`,
      };
    case "uri":
      return { sign: "·", label: part.modality, text: part.uri };
    case "other":
      return { sign: "·", label: part.name, text: oneLine(part.value) };
    default:
      return unknownPart(part);
  }
}

function unknownPart({ type, id: _, name, ...rest }: AnyPart): PartText {
  return { sign: "·", label: typeof name === "string" ? `${type} ${name}` : type, text: oneLine(rest) };
}

/** The text of a result; anything else in it as JSON. */
function resultText(response: unknown): string {
  if (!Array.isArray(response)) return oneLine(response);
  return response.map((part: unknown) => isText(part) ? part.content : oneLine(part)).join("\n");
}

function isText(part: unknown): part is { content: string } {
  return typeof part === "object" && part !== null && (part as { type?: unknown }).type === "text" &&
    typeof (part as { content?: unknown }).content === "string";
}

function oneLine(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

/** Tools by the ids under which a conversation's messages call them. */
export function toolNames(messages: readonly Message[]): (id: string | null) => string | null {
  const names = new Map<string, string>();
  for (const { parts } of messages) {
    for (const part of parts) {
      if (part.type === "tool_call" && part.id !== null) names.set(part.id, part.name);
    }
  }
  return (id) => id === null ? null : names.get(id) ?? null;
}
