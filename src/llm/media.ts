/** Binary content inside messages, by reference: its size and hash instead of its bytes. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Part } from "../event.ts";

export function base64Part(modality: string, data: string, mime: string | null): Part {
  const bytes = Buffer.from(data, "base64");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { type: "blob", modality, mime_type: mime, byte_size: bytes.length, sha256 };
}

/** A `data:` URL becomes a blob, any other URL stays a reference. */
export function urlPart(modality: string, url: string): Part {
  const comma = url.startsWith("data:") ? url.indexOf(",") : -1;
  if (comma < 0) return { type: "uri", modality, uri: url };
  const [mime, ...parameters] = url.slice(5, comma).split(";");
  const data = url.slice(comma + 1);
  const type = mime === "" ? null : mime!;
  if (parameters.includes("base64")) return base64Part(modality, data, type);
  return { type: "blob", modality, mime_type: type, byte_size: Buffer.byteLength(data) };
}

export function otherPart(name: string, value: unknown): Part {
  return { type: "other", name, value };
}
