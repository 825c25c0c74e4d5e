/** The Responses API: what messages and tool results hold. */
import type { Part } from "../event.ts";
import { type JsonObject, object, objects, string } from "./json.ts";
import { base64Part, filePart, otherPart, urlPart, withoutBinary } from "./media.ts";

/** A string or an array of content parts. */
export function inputParts(content: unknown): Part[] {
  if (typeof content === "string") return [{ type: "text", content }];
  return objects(content).map(contentPart);
}

function contentPart(raw: JsonObject): Part {
  const type = string(raw.type) ?? "";
  const text = string(raw.text);
  if (/^(?:input_|output_|summary_|reasoning_)?text$/.test(type) && text !== null) {
    const citations = objects(raw.annotations).map((annotation) => withoutBinary(annotation));
    return { type: "text", content: text, ...(citations.length > 0 ? { citations } : {}) };
  }
  if (type === "refusal") return otherPart(type, raw.refusal);
  return mediaPart(raw, type) ?? otherPart(type, raw);
}

function mediaPart(raw: JsonObject, type: string): Part | null {
  const image = string(raw.image_url) ?? string(object(raw.image_url)?.url);
  if (image !== null) return urlPart("image", image);
  const audio = object(raw.input_audio);
  const sound = string(audio?.data);
  if (sound !== null) return base64Part("audio", sound, audio?.format ? `audio/${audio.format}` : null);
  const file = string(raw.file_data) ?? string(raw.file_url);
  if (file !== null) return urlPart("document", file);
  const id = string(raw.file_id);
  return id === null ? null : filePart(/image|screenshot/.test(type) ? "image" : "document", id);
}
