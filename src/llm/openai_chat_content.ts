/** OpenAI Chat Completions: what a message holds, alike in requests and answers. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string, toolInput } from "./json.ts";
import { base64Part, encrypted, filePart, otherPart, urlPart, withoutBinary } from "./media.ts";
import { reasoningOf } from "./openai_chat_reasoning.ts";

/** The parts of a message of the client or of the model, in the order a reader sees them. */
export function messageParts(raw: JsonObject): Part[] {
  const { content, opaque } = reasoningOf(raw);
  const told = content !== "" || opaque !== "";
  const parts: Part[] = [
    ...(told ? [{ type: "reasoning" as const, content, ...encrypted(opaque) }] : []),
    ...cited(chatContent(raw.content), raw.annotations),
    ...chatContent(raw.images),
  ];
  const audio = object(raw.audio);
  if (audio) parts.push(...audioParts(audio));
  const refusal = string(raw.refusal) ?? "";
  if (refusal !== "") parts.push(otherPart("refusal", refusal));
  for (const call of objects(raw.tool_calls)) parts.push(toolCall(call));
  const legacy = object(raw.function_call);
  if (legacy) parts.push(toolCall({ function: legacy }));
  return parts;
}

/** Sources are told beside the text: they belong to its last piece. */
function cited(parts: Part[], annotations: unknown): Part[] {
  const citations = objects(annotations).map((annotation) => withoutBinary(annotation));
  const last = parts.at(-1);
  if (citations.length === 0 || last?.type !== "text") return parts;
  return [...parts.slice(0, -1), { ...last, citations }];
}

/** What the model said, and its words; a client refers to it by its id. */
function audioParts(audio: JsonObject): Part[] {
  const data = string(audio.data);
  const id = string(audio.id);
  const words = string(audio.transcript) ?? "";
  const parts: Part[] = [];
  if (data !== null && data !== "") parts.push(base64Part("audio", data, null));
  else if (id !== null) parts.push(filePart("audio", id));
  if (words !== "") parts.push({ type: "text", content: words });
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

/** Whose `type` names the field that has a URL, itself or as its `url`. */
const MODALITIES: ReadonlyMap<string, string> = new Map([
  ["image_url", "image"],
  ["video_url", "video"],
  ["audio_url", "audio"],
  ["document_url", "document"],
]);

function contentPart(raw: JsonObject): Part {
  const type = string(raw.type) ?? "";
  const modality = MODALITIES.get(type);
  if (modality) {
    const url = string(raw[type]) ?? string(object(raw[type])?.url);
    return url === null ? otherPart(type, raw) : urlPart(modality, url);
  }
  switch (type) {
    case "text":
      return { type: "text", content: string(raw.text) ?? "" };
    case "thinking":
      return {
        type: "reasoning",
        content: objects(raw.thinking).map(({ text }) => string(text) ?? "").join(""),
        ...encrypted(string(raw.signature)),
      };
    case "refusal":
      return otherPart("refusal", raw.refusal);
    case "input_audio": {
      const audio = object(raw.input_audio);
      const data = string(audio?.data) ?? string(raw.input_audio);
      const format = string(audio?.format);
      return data === null
        ? otherPart(type, raw)
        : base64Part("audio", data, format === null ? null : `audio/${format}`);
    }
    case "file": {
      const file = object(raw.file);
      const data = string(file?.file_data);
      const id = string(file?.file_id) ?? string(raw.file_id);
      if (data !== null) return urlPart("document", data);
      return id === null ? otherPart(type, raw) : filePart("document", id);
    }
    default:
      return otherPart(type, raw);
  }
}
