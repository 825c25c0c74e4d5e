/** The notation of strace's arguments: what belongs together, and what stands for which bytes. Total: nothing throws. */

const opening = "([{";
const closing = ")]}";

/** Splits at top-level commas: `3</a>, {b=1, c=2}, [4]` has three parts. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let at = 0;
  while (at < text.length) {
    const c = text[at]!;
    if (c === ",") {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
    at = after(text, at);
  }
  const last = text.slice(from).trim();
  if (last !== "" || parts.length > 0) parts.push(last);
  return parts;
}

/** The position behind the group, string, comment or decoration that begins at `at`, or behind its character. */
export function after(text: string, at: number): number {
  const c = text[at]!;
  if (c === '"') return afterString(text, at);
  if (c === "/" && text[at + 1] === "*") {
    const end = text.indexOf("*/", at + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (c === "<" && isDecoration(text, at)) return afterDecoration(text, at);
  if (!opening.includes(c)) return at + 1;
  // Not recursive: hostile text may nest as deep as it is long.
  let depth = 0;
  while (at < text.length) {
    const inner = text[at]!;
    if (opening.includes(inner)) {
      depth++;
      at++;
    } else if (closing.includes(inner)) {
      depth--;
      at++;
      if (depth === 0) return at;
    } else {
      at = after(text, at);
    }
  }
  return at;
}

function afterString(text: string, at: number): number {
  const end = text.indexOf('"', at + 1);
  return end < 0 ? text.length : end + 1;
}

/** Of a descriptor (`3<…>`, `AT_FDCWD<…>`), not a shift (`1<<CAP_KILL`). */
function isDecoration(text: string, at: number): boolean {
  return text[at + 1] !== "<" && /[\dD]/.test(text[at - 1] ?? "");
}

/** `->` is an arrow within: `<TCP:[1.2.3.4:5->6.7.8.9:10]>`; a device's has one of its own within: `</dev/null<char 1:3>>`. */
function afterDecoration(text: string, at: number): number {
  let depth = 0;
  for (; at < text.length; at++) {
    if (text[at] === "<") depth++;
    else if (text[at] === ">" && text[at - 1] !== "-" && --depth === 0) return at + 1;
  }
  return at;
}

/** Bytes as characters of the same number, from `\x2f\x74`; other characters stand for themselves. */
export function unescape(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

export interface Text {
  readonly bytes: string;
  /** Cut off by strace: this is how it begins. */
  readonly cut: boolean;
}

/** A string argument; null for a pointer that leads nowhere. */
export function textOf(argument: string | undefined): Text | null {
  const match = /^@?"([^"]*)"(\.\.\.)?/.exec(argument ?? "");
  return match ? { bytes: unescape(match[1]!), cut: match[2] !== undefined } : null;
}

/** The fields of `{a=1, b={c=2}}`; those without a name are left out. */
export function fieldsOf(argument: string | undefined): Map<string, string> {
  const fields = new Map<string, string>();
  const text = argument ?? "";
  if (!text.startsWith("{")) return fields;
  for (const part of splitArguments(text.slice(1, after(text, 0) - 1))) {
    const equals = part.indexOf("=");
    if (equals > 0) fields.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return fields;
}

/** The items of `[a, b]`. */
export function itemsOf(argument: string | undefined): string[] {
  const text = argument ?? "";
  return text.startsWith("[") ? splitArguments(text.slice(1, after(text, 0) - 1)) : [];
}

/** The names of `A|B|0x10 /* … *\/`, numbers among them. */
export function flagsOf(argument: string | undefined): string[] {
  return (argument ?? "").replace(/\/\*.*\*\//, "").split("|").map((flag) => flag.trim());
}

/** Decimal, octal, hexadecimal; null for anything else. */
export function numberOf(argument: string | undefined): number | null {
  const match = /^(-?)(0x[0-9a-f]+|\d+)(?!\w)/.exec(argument ?? "");
  if (!match) return null;
  const digits = match[2]!;
  const value = digits.startsWith("0x") || !/^0[0-7]+$/.test(digits) ? Number(digits) : parseInt(digits, 8);
  return match[1] === "-" ? -value : value;
}
