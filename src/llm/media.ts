/** Content that is not kept, by reference: its size and hash instead of its bytes. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Part, Reference } from "../event.ts";
import { type JsonObject, object } from "./json.ts";

/** What only a provider can read is opaque text: it is not decoded. */
export function reference(text: string): Reference {
  return { byte_size: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
}

/** The `encrypted` field of a part, or no field. */
export function encrypted(text: string | null): { readonly encrypted?: Reference } {
  return text === null || text === "" ? {} : { encrypted: reference(text) };
}

export function base64Part(modality: string, data: string, mime: string | null): Part {
  return { type: "blob", modality, mime_type: mime, ...base64Reference(data) };
}

function base64Reference(data: string): Reference {
  const bytes = Buffer.from(data, "base64");
  return { byte_size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
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

export function filePart(modality: string, id: string): Part {
  return { type: "file", modality, file_id: id };
}

export function otherPart(name: string, value: unknown): Part {
  return { type: "other", name, value: withoutBinary(value) };
}

/** Deeper values are kept as they are: no provider nests binary content further. */
const MAX_DEPTH = 8;
/** Keys whose text is encrypted for the provider, in any item or block. */
const OPAQUE = /^(?:encrypted_\w+|signature)$/;

/** A provider's own value with a reference in the place of binary and encrypted text. */
export function withoutBinary(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => withoutBinary(item, depth + 1));
  const fields = object(value);
  if (!fields) return value;
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, fieldWithoutBinary(fields, { key, field, depth })]),
  );
}

function fieldWithoutBinary(
  holder: JsonObject,
  { key, field, depth }: { key: string; field: unknown; depth: number },
): unknown {
  if (typeof field !== "string") return withoutBinary(field, depth + 1);
  if (OPAQUE.test(key)) return reference(field);
  if (key === "data" && holder.type === "base64") return base64Reference(field);
  const comma = field.startsWith("data:") ? field.slice(0, 200).indexOf(";base64,") : -1;
  return comma < 0 ? field : base64Reference(field.slice(comma + ";base64,".length));
}
