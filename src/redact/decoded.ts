/** JSON in JSON in JSON is real; a fourth level has only been seen to colour a terminal's text. */
const LEVELS = 4;
/** A terminal's sequences for colours, erasing and links: what they stand amid is read without them. */
const TERMINAL = "\\x1b\\[[0-?]{0,32}[ -/]{0,4}[@-~]|\\x1b\\]8;[^\\x07\\x1b]{0,2048}(?:\\x07|\\x1b\\\\)";
const ESCAPE = new RegExp(
  `(?:${TERMINAL})|\\\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|0?(33)|([^]))|%([0-9a-fA-F]{2})`,
  "g",
);
const LETTERS: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  0: "\0",
  e: "\x1b",
};

/** A text with its escapes taken out, and the way back to the text that it was made of. */
export interface Decoded {
  readonly text: string;
  /** The index in the original of what is at `index` here. */
  original(index: number): number;
}

/**
 * The texts behind the escapes of JSON, JavaScript, shells, URLs and terminals, level by level. A key written as
 * `sk-proj\u002d…`, in `{\"password\":\"…\"}`, or in colour, shows only there. Empty when nothing is escaped.
 */
export function decodings(text: string): Decoded[] {
  const levels: Decoded[] = [];
  let from: Decoded = { text, original: (index) => index };
  while (levels.length < LEVELS && mayBeEscaped(from.text)) {
    const next = decodeOnce(from);
    if (next === null) break;
    levels.push(next);
    from = next;
  }
  return levels;
}

function mayBeEscaped(text: string): boolean {
  return text.includes("\\") || text.includes("%") || text.includes("\x1b");
}

function decodeOnce(before: Decoded): Decoded | null {
  const source = before.text;
  const ends: number[] = [];
  const shifts: number[] = [];
  let out = "", at = 0, shift = 0;
  ESCAPE.lastIndex = 0;
  for (let match = ESCAPE.exec(source); match !== null; match = ESCAPE.exec(source)) {
    const plain = plainOf(match);
    const [whole] = match;
    out += source.slice(at, match.index) + plain;
    at = match.index + whole.length;
    shift += whole.length - plain.length;
    ends.push(out.length);
    shifts.push(shift);
  }
  if (ends.length === 0) return null;
  return {
    text: out + source.slice(at),
    original: (index) => before.original(index + (shifts[lastAtMost(ends, index)] ?? 0)),
  };
}

function plainOf([, four, two, octal, letter, percent]: RegExpExecArray): string {
  const code = four ?? two ?? percent;
  if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
  if (octal !== undefined) return "\x1b";
  return letter === undefined ? "" : LETTERS[letter] ?? letter;
}

/** The last index whose (rising) value is at most `value`, or -1. */
function lastAtMost(values: readonly number[], value: number): number {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** What a piece of text says once all its escapes are taken out: two spellings of a secret are one secret. */
export function plain(text: string): string {
  return decodings(text).at(-1)?.text ?? text;
}
