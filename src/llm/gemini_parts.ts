/** Gemini: the parts of a content, alike in requests and answers. */
import type { Part } from "../event.ts";
import { field, list } from "./google_json.ts";
import { type JsonObject, object, string } from "./json.ts";
import { base64Part, encrypted, otherPart, withoutBinary } from "./media.ts";

/** Signatures of parts that are no thoughts, and texts without characters that carry them, are left out. */
export function geminiParts(parts: unknown): Part[] {
  return list(parts).map(geminiPart).filter((part) => !(part.type === "text" && part.content === ""));
}

function geminiPart(raw: JsonObject): Part {
  const text = string(raw.text);
  if (text !== null) {
    if (raw.thought !== true) return { type: "text", content: text };
    return { type: "reasoning", content: text, ...encrypted(string(field(raw, "thoughtSignature"))) };
  }
  const one = (name: string) => object(field(raw, name));
  const call = one("functionCall");
  if (call) return functionCall(call);
  const answered = one("functionResponse");
  if (answered) return functionResponse(answered);
  const media = mediaPart(raw);
  if (media) return media;
  const code = one("executableCode");
  if (code) return serverCall(code, { name: "code_execution", input: { ...code, id: undefined } });
  const ran = one("codeExecutionResult");
  if (ran) {
    const failed = /FAILED|DEADLINE/.test(string(ran.outcome) ?? "") ? { is_error: true } : {};
    return serverResult(ran, { type: "code_execution", content: { ...ran, id: undefined }, ...failed });
  }
  const tool = one("toolCall");
  if (tool) return serverCall(tool, { name: toolType(tool), input: tool.args ?? {} });
  const told = one("toolResponse");
  if (told) return serverResult(told, { type: toolType(told), content: told.response ?? {} });
  const name = Object.keys(raw).find((key) => object(raw[key])) ?? "part";
  return otherPart(name, raw[name] ?? raw);
}

/** The service leaves ids out where one call at a time can be meant. */
function functionCall(call: JsonObject): Part {
  const name = string(call.name) ?? "";
  return { type: "tool_call", id: string(call.id) || null, name, arguments: call.args ?? {} };
}

/** By convention the key `error` says that the call failed. */
function functionResponse(answered: JsonObject): Part {
  const { response } = answered;
  const media = list(answered.parts).map(mediaPart).filter((part) => part !== null);
  return {
    type: "tool_call_response",
    id: string(answered.id) || null,
    name: string(answered.name) ?? "",
    response: media.length > 0 ? [otherPart("response", response), ...media] : response ?? {},
    is_error: object(response)?.error !== undefined,
  };
}

function mediaPart(raw: JsonObject): Part | null {
  const inline = object(field(raw, "inlineData"));
  const file = object(field(raw, "fileData"));
  const mime = string(field(inline ?? file ?? {}, "mimeType"));
  const data = string(inline?.data);
  if (data !== null) return base64Part(modality(mime), data, mime);
  const uri = file && string(field(file, "fileUri"));
  return typeof uri === "string" ? { type: "uri", modality: modality(mime), uri } : null;
}

function modality(mime: string | null): string {
  return /^(?:image|audio|video)(?=\/)/.exec(mime ?? "")?.[0] ?? "document";
}

function toolType(tool: JsonObject): string {
  return (string(field(tool, "toolType")) ?? "tool").toLowerCase();
}

function serverCall(raw: JsonObject, { name, input }: { name: string; input: unknown }): Part {
  return {
    type: "server_tool_call",
    id: string(raw.id) || null,
    name,
    server_tool_call: { type: name, input: defined(input) },
  };
}

function serverResult(
  raw: JsonObject,
  { type, content, ...failed }: { type: string; content: unknown; is_error?: boolean },
): Part {
  return {
    type: "server_tool_call_response",
    id: string(raw.id) || null,
    server_tool_call_response: { type, content: defined(content), ...failed },
  };
}

function defined(value: unknown): unknown {
  const fields = object(value);
  const kept = fields && Object.fromEntries(Object.entries(fields).filter(([, one]) => one !== undefined));
  return withoutBinary(kept ?? value);
}
