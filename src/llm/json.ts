/** Narrowing of foreign JSON: every reader of the wire starts from these. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
