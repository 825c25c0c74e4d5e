/** Deeper than any real tool input; JSON.stringify would overflow the stack later. */
const DEEPEST = 100;
const TOO_DEEP = "[nested too deep]";

/**
 * The same JSON value with `change` applied to every string and every key of a nested object.
 * Nothing is copied where nothing changes.
 */
export function mapStrings(value: unknown, change: (text: string) => string, depth = 0): unknown {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return TOO_DEEP;
  if (Array.isArray(value)) {
    let copy: unknown[] | null = null;
    for (let i = 0; i < value.length; i++) {
      const next = mapStrings(value[i], change, depth + 1);
      if (next !== value[i]) (copy ??= value.slice())[i] = next;
    }
    return copy ?? value;
  }
  return mapObject(value as Record<string, unknown>, change, depth);
}

function mapObject(
  object: Record<string, unknown>,
  change: (text: string) => string,
  depth: number,
): Record<string, unknown> {
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(object)) {
    if (depth === 0 && FIXED.has(key)) continue;
    const name = depth === 0 ? key : change(key);
    const next = mapStrings(object[key], change, depth + 1);
    if (name === key && next === object[key]) continue;
    copy ??= { ...object };
    if (name !== key) delete copy[key];
    copy[name] = next;
  }
  return copy === null ? object : dropStaleBytes(object, copy);
}

/** Fields of an event whose values are one of a few words of ours. */
const FIXED: ReadonlySet<string> = new Set([
  "kind",
  "access",
  "call",
  "family",
  "flags",
  "mode",
  "role",
  "source",
  "transport",
  "type",
  "unit",
]);

/** `path_b64` would still tell what was just taken out of `path`. */
function dropStaleBytes(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  for (const key of Object.keys(after)) {
    const text = key.endsWith("_b64") ? key.slice(0, -4) : null;
    if (text !== null && before[text] !== after[text]) delete after[key];
  }
  return after;
}
