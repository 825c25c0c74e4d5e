/** Text for a terminal: colours when they are wanted, and nothing a traced program could command the terminal with. */
import truncatedWidth from "fast-string-truncated-width";
import pc from "picocolors";

const ELLIPSIS = "…";

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours on a terminal unless NO_COLOR is set; FORCE_COLOR turns them on elsewhere. */
export function colorsFor(isTerminal: boolean): Colors {
  const off = Deno.env.get("NO_COLOR");
  const on = Deno.env.get("FORCE_COLOR");
  return pc.createColors(
    (off === undefined || off === "") && (isTerminal || (on !== undefined && on !== "0")),
  );
}

// Control characters, and those that reorder or hide text.
// deno-lint-ignore no-control-regex
const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line, with everything that is not plain text written as an escape. */
export function plain(text: string): string {
  return text.replace(unsafe, (c) => {
    if (c === "\n") return "⏎";
    if (c === "\t") return " ";
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** One line of at most `width` columns; East Asian characters and emoji take two. */
export function cut(text: string, width: number): string {
  // Long texts are cut before they are cleaned: only the start is shown, and of it no half of a character.
  const most = 2 * width + 1;
  // Most lines: measuring characters takes 20 µs.
  if (isAscii(text.slice(0, most))) {
    return text.length > width ? text.slice(0, Math.max(0, width - 1)) + ELLIPSIS : text;
  }
  const line = plain(text.slice(0, most).toWellFormed()) + (text.length > most ? ELLIPSIS : "");
  const { index, ellipsed } = truncatedWidth(line, { limit: width, ellipsis: ELLIPSIS });
  return line.slice(0, index) + (ellipsed ? ELLIPSIS : "");
}

/** Columns that a line without control characters takes. */
export function columns(line: string): number {
  return isAscii(line) ? line.length : truncatedWidth(line).width;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

export function width(): number {
  try {
    return Math.max(60, Deno.consoleSize().columns);
  } catch {
    return 110;
  }
}

/** Of a report: the terminal's, or what COLUMNS says; without either nothing limits it. */
export function reportWidth(): number {
  const told = Number(Deno.env.get("COLUMNS"));
  if (Number.isInteger(told) && told > 0) return told;
  if (!Deno.stdout.isTerminal()) return Infinity;
  try {
    return Deno.consoleSize().columns;
  } catch {
    return Infinity;
  }
}
