/** Narrowing of foreign JSON: every reader of the wire starts from these. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than anything real; who walks or prints a value ten times as deep runs out of stack. */
const DEEPEST = 100;
/** A text this short cannot be nested deep enough to harm. */
const HARMLESS = 2_000;

/** Undefined when the text is not JSON. What is nested too deep is replaced by a note. */
export function parseJson(text: string): unknown {
  // An error costs 20 µs, and no text at all is common.
  if (text === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return text.length > HARMLESS ? shallow(value, DEEPEST) : value;
  } catch {
    return undefined;
  }
}

/** The same value where nothing is too deep. It was parsed for us alone, so that it may be changed in place. */
function shallow(value: unknown, deepest: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (deepest === 0) return "[nested too deep]";
  const inside = value as Record<string, unknown>;
  for (const key in inside) {
    const item = inside[key];
    if (typeof item === "object" && item !== null) inside[key] = shallow(item, deepest - 1);
  }
  return value;
}

export function object(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : null;
}

export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => object(item) !== null) : [];
}

/** Null for anything but a string. */
export function string(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Tool arguments: the value they encode, or the raw text when it is not JSON; no text at all is `{}`. */
export function toolInput(text: string): unknown {
  if (text.trim() === "") return {};
  const value = parseJson(text);
  return value === undefined ? text : value;
}
