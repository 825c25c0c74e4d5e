/** Text for a terminal: colours when they are wanted, and nothing a traced program could command the terminal with. */
import pc from "picocolors";

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

/** One line of at most `width` characters. */
export function cut(text: string, width: number): string {
  // Long texts are cut before they are cleaned: only the start is shown.
  const line = plain(text.slice(0, width + 1));
  return line.length > width ? line.slice(0, Math.max(0, width - 1)) + "…" : line;
}

export function width(): number {
  try {
    return Math.max(60, Deno.consoleSize().columns);
  } catch {
    return 110;
  }
}
