/** Google's JSON: a name may be in camel or in snake case, and a list of one may stand without its brackets. */
import type { CallError } from "./api.ts";
import { type JsonObject, number, object, objects, string } from "./json.ts";

/** By its name in camel case. */
export function field(raw: JsonObject, name: string): unknown {
  return raw[name] ?? raw[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

export function list(value: unknown): JsonObject[] {
  const one = object(value);
  return one ? [one] : objects(value);
}

/** `{code, message, status}`; the code is a number of HTTP, or a name in newer APIs. */
export function googleError(value: unknown): CallError | null {
  const error = object(value);
  if (!error) return null;
  const code = number(error.code);
  const type = string(error.status) ?? string(error.code) ?? (code === null ? "error" : String(code));
  return { type, message: string(error.message) ?? "" };
}
