/** Narrowing of foreign JSON: every reader of the wire starts from these. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than anything real; who walks or prints a value ten times as deep runs out of stack. */
const DEEPEST = 100;
/** A text this short cannot be nested deep enough to harm. */
const HARMLESS = 2_000;

/** Objects, arrays and members of one text. 64 MiB of `{},` took 34 s and 2.7 GB to parse; what is real has a tenth of these. */
const MOST_VALUES = 1_000_000;
/** An error costs 20 µs: pieces that are no JSON could keep us busy for hours. */
export const MOST_UNREADABLE = 10_000;
const QUOTE = 34, COLON = 58, OPEN_ARRAY = 91, BACKSLASH = 92, OPEN_OBJECT = 123;

/** Undefined when the text is not JSON, or stands for too many values. What is nested too deep is replaced by a note. */
export function parseJson(text: string): unknown {
  // An error costs 20 µs, and no text at all is common.
  if (text === "" || hasTooMany(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return text.length > HARMLESS ? shallow(value, DEEPEST) : value;
  } catch {
    return undefined;
  }
}

/** Whether it stands for more values than memory is given for. Not asked of text that is not JSON. */
export function hasTooMany(text: string): boolean {
  if (text.length <= MOST_VALUES) return false;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) return false;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY || code === COLON) {
      if (++values > MOST_VALUES) return true;
    }
  }
  return false;
}

/** Of the string that starts at `at`; -1 when there is none. */
function closingQuote(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
  }
  return -1;
}

/** The objects of a text with one JSON value a line. A text with many lines that are none is something else. */
export function* jsonLines(text: string): Generator<JsonObject> {
  let unreadable = 0;
  for (let from = 0; from < text.length && unreadable < MOST_UNREADABLE;) {
    const newline = text.indexOf("\n", from);
    const to = newline < 0 ? text.length : newline;
    const line = text.slice(from, to).trim();
    const value = object(parseJson(line));
    if (value) yield value;
    else if (line !== "") unreadable++;
    from = to + 1;
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

/** One object of many, where a later value replaces an earlier one. A spread for each would take their square. */
export function merged(all: readonly JsonObject[]): JsonObject {
  return Object.fromEntries(all.flatMap((one) => Object.entries(one)));
}

/** About what a value takes in memory, in characters. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce<number>((sum, item) => sum + 16 + sizeOf(item), 16);
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
