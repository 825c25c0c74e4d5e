/**
 * An event as a pattern for those that follow: most events of a stream differ from the one before in one string, and
 * need no parsing to be told.
 *
 * What a template matches has the same tokens as the event it was made of, but for the values in its holes: a hole
 * takes exactly one JSON string (or one integer), and everything between the holes is equal.
 */
import { latin1 } from "../../bytes.ts";
import { type JsonPath, locate } from "./json_position.ts";

/** What the reader of an event says of others like it. */
export interface Repeat {
  /** Where the string stands that is new in each event. */
  readonly path: JsonPath;
  /** Strings and integers that may differ too, and mean nothing. */
  readonly ignored: readonly JsonPath[];
  /** Does for another event's string what was done for the first event. */
  readonly more: (text: string) => void;
}

interface Hole {
  readonly from: number;
  readonly to: number;
  readonly kind: "text" | "string" | "integer";
}

const QUOTE = 34, BACKSLASH = 92, SPACE = 32, ZERO = 48, NINE = 57, ASCII = 128;

/** Bytes of events, and what it takes to compare and cut them quickly. */
export class Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #decoder: TextDecoder;
  #latin1: string | null = null;

  constructor(bytes: Uint8Array, decoder: TextDecoder) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#decoder = decoder;
  }

  text(from: number, to: number): string {
    return this.#decoder.decode(this.bytes.subarray(from, to));
  }

  /** Cut from one string of all bytes: a call into the runtime for each piece would cost more than all else. */
  ascii(from: number, to: number): string {
    return (this.#latin1 ??= latin1(this.bytes)).slice(from, to);
  }
}

/** Text that has to be there, compared eight bytes at a time. */
class Fixed {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text);
    this.#view = new DataView(this.bytes.buffer);
  }

  isAt({ bytes, view }: Source, at: number): boolean {
    const mine = this.#view;
    const { length } = this.bytes;
    if (at + length > bytes.length) return false;
    let i = 0;
    // Bytes that are no number as a double are equal to nothing: such an event is parsed.
    for (; i + 8 <= length; i += 8) if (view.getFloat64(at + i) !== mine.getFloat64(i)) return false;
    for (; i < length; i++) if (bytes[at + i] !== this.bytes[i]) return false;
    return true;
  }
}

export class Template {
  readonly #repeat: Repeat;
  /** Before, between and behind the holes. */
  readonly #fixed: readonly Fixed[];
  readonly #kinds: readonly Hole["kind"][];
  #text: string | null = null;

  private constructor(repeat: Repeat, parts: { fixed: readonly Fixed[]; kinds: readonly Hole["kind"][] }) {
    this.#repeat = repeat;
    this.#fixed = parts.fixed;
    this.#kinds = parts.kinds;
  }

  /** `block` is the event with its last, empty line; null when it is not one `data` line at its end. */
  static of(block: string, event: { data: string; repeat: Repeat }): Template | null {
    const { data, repeat } = event;
    const start = dataStart(block, data);
    if (start < 0) return null;
    const holes = [repeat.path, ...repeat.ignored].flatMap((path, index) => {
      const place = locate(data, path);
      return place ? hole(data, { place, start, wanted: index === 0 }) : [];
    }).sort((a, b) => a.from - b.from);
    if (!holes.some(({ kind }) => kind === "text")) return null;
    const ends = [0, ...holes.map(({ to }) => to)];
    const fixed = ends.map((end, i) => new Fixed(block.slice(end, holes[i]?.from ?? block.length)));
    return new Template(repeat, { fixed, kinds: holes.map(({ kind }) => kind) });
  }

  /** Where an event like this one at `at` ends, after it was told; -1 when there is none. */
  tell(source: Source, at: number): number {
    const fixed = this.#fixed;
    if (!fixed[0]!.isAt(source, at)) return -1;
    let end = at + fixed[0]!.bytes.length;
    for (let i = 0; i < this.#kinds.length; i++) {
      end = this.#fill(this.#kinds[i]!, source, end);
      const next = fixed[i + 1]!;
      if (end < 0 || !next.isAt(source, end)) return -1;
      end += next.bytes.length;
    }
    if (this.#text === null) return -1;
    this.#repeat.more(this.#text);
    return end;
  }

  #fill(kind: Hole["kind"], source: Source, from: number): number {
    const { bytes } = source;
    if (kind === "integer") return integerEnd(bytes, from);
    let escaped = false, wide = false;
    let end = from;
    for (;; end++) {
      const byte = bytes[end];
      if (byte === QUOTE) break;
      // No string holds a control character.
      if (byte === undefined || byte < SPACE) return -1;
      if (byte >= ASCII) wide = true;
      if (byte !== BACKSLASH) continue;
      escaped = true;
      end++;
    }
    if (kind === "string" && !escaped) return end;
    const raw = wide ? source.text(from, end) : source.ascii(from, end);
    const text = escaped ? unescaped(raw) : raw;
    if (kind === "text") this.#text = text;
    return text === null ? -1 : end;
  }
}

/** The quotes of a string are fixed text. */
function hole(
  data: string,
  at: { place: readonly [number, number]; start: number; wanted: boolean },
): Hole[] {
  const { place: [from, to], start, wanted } = at;
  if (data.charCodeAt(from) === QUOTE) {
    return [{ from: start + from + 1, to: start + to - 1, kind: wanted ? "text" : "string" }];
  }
  const isInteger = !wanted && /^\d+$/.test(data.slice(from, to));
  return isInteger ? [{ from: start + from, to: start + to, kind: "integer" }] : [];
}

function dataStart(block: string, data: string): number {
  const ending = block.endsWith("\r\n\r\n") ? 4 : 2;
  const start = block.length - ending - data.length;
  if (start < 5 || data.includes("\n") || !block.startsWith(data, start)) return -1;
  const line = block.slice(block.lastIndexOf("\n", start - 1) + 1, start);
  return line === "data: " || line === "data:" ? start : -1;
}

function integerEnd(bytes: Uint8Array, from: number): number {
  let end = from;
  while (bytes[end]! >= ZERO && bytes[end]! <= NINE) end++;
  // JSON has no leading zeros.
  return end === from || (bytes[from] === ZERO && end > from + 1) ? -1 : end;
}

function unescaped(text: string): string | null {
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return null;
  }
}
