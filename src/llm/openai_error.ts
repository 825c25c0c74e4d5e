import type { CallError } from "./api.ts";
import { object, string } from "./json.ts";

/** `{type, code, message}`, Google's `{code, message, status}`, or the bare message that some compatible services send. */
export function openaiError(value: unknown): CallError | null {
  if (value === "") return null;
  if (typeof value === "string") return { type: "error", message: value };
  const error = object(value);
  if (!error) return null;
  const code = typeof error.code === "number" ? String(error.code) : string(error.code);
  return {
    type: string(error.type) ?? string(error.status) ?? code ?? "error",
    message: string(error.message) ?? "",
  };
}
