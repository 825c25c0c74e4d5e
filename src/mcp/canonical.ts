/** JSON values compared by content: keys in any order. */
import { createHash } from "node:crypto";

/** Deeper values are not compared: a server may send any depth, and the stack ends. */
const DEEPEST = 100;

/** Equal for equal values, and only for them; null for a value that is nested too deep. */
export function digest(value: unknown): string | null {
  const text = isShallow(value, DEEPEST) ? canonical(value) : null;
  return text === null ? null : createHash("sha1").update(text).digest("base64");
}

export function isShallow(value: unknown, deepest: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return deepest > 0 && Object.values(value).every((item) => isShallow(item, deepest - 1));
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}
