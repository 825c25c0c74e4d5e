/** JSON in JSON in JSON is real; a fourth level has not been seen. */
const LEVELS = 3;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))|%([0-9a-fA-F]{2})/g;
const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", 0: "\0" };

/** A text with its escapes taken out, and the way back to the text that it was made of. */
export interface Decoded {
  readonly text: string;
  /** The index in the original of what is at `index` here. */
  original(index: number): number;
}

/**
 * The texts behind JSON's, JavaScript's and URLs' escapes, level by level. A key written as `sk-proj\u002d…`, or in
 * `{\"password\":\"…\"}`, shows only there. Empty when nothing is escaped.
 */
export function decodings(text: string): Decoded[] {
  const levels: Decoded[] = [];
  let from: Decoded = { text, original: (index) => index };
  while (levels.length < LEVELS && (from.text.includes("\\") || from.text.includes("%"))) {
    const next = decodeOnce(from);
    if (next === null) break;
    levels.push(next);
    from = next;
  }
  return levels;
}

function decodeOnce(before: Decoded): Decoded | null {
  const source = before.text;
  const ends: number[] = [];
  const shifts: number[] = [];
  let out = "", at = 0, shift = 0;
  ESCAPE.lastIndex = 0;
  for (let match = ESCAPE.exec(source); match !== null; match = ESCAPE.exec(source)) {
    const [whole, four, two, letter, percent] = match;
    const code = four ?? two ?? percent;
    const plain = code === undefined
      ? LETTERS[letter as string] ?? (letter as string)
      : String.fromCharCode(parseInt(code, 16));
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
