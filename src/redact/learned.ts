import type { Range } from "./range.ts";

const KEPT = 4096;
const SHORTEST = 8;
/** How many of the newest are told apart from the others. */
const RECENT = 64;
/** One pass over the text only has to stop at positions whose last four characters start a learned value. */
const FILTER_BITS = 16;
/** Values compared a character, on average. Thousands that begin alike, and a text of that beginning, take 13 s for 64 KiB. */
const MOST_TRIES = 16;
const FREE_TRIES = 1 << 20;

/** Secret values seen where their place named them, found again wherever they occur. Bounded, oldest use first out. */
export class LearnedSecrets {
  readonly #kinds = new Map<string, string>();
  readonly #byHead = new Map<number, string[]>();
  readonly #filter = new Uint8Array(1 << FILTER_BITS);
  /** The newest values, the last one that of `#version`. */
  readonly #recent: string[] = [];
  #version = 0;

  /** Changes whenever there is a new value: what was found clean before may not be clean now. */
  get version(): number {
    return this.#version;
  }

  /** The values learned after that version, or null when they are too many to tell. */
  since(version: number): readonly string[] | null {
    const count = this.#version - version;
    return count > this.#recent.length ? null : this.#recent.slice(this.#recent.length - count);
  }

  /** What is short, has blanks, or is one plain word or number is not learned: it would blank out ordinary text. */
  learn(value: string, kind: string): void {
    if (/^(?:[A-Za-z]{1,12}|[0-9]{1,12})$/.test(value)) return;
    if (value.length < SHORTEST || value.length > 8192 || !/^[\x21-\x7e]+$/.test(value)) return;
    if (value.startsWith("[redacted:")) return;
    const known = this.#kinds.delete(value);
    this.#kinds.set(value, kind);
    if (known) return;
    this.#version++;
    this.#recent.push(value);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#index(value);
    if (this.#kinds.size > KEPT) this.#forgetOldest();
  }

  /** Occurrences in `text`, in order, the longest at each place. Throws for a text made to take for ever. */
  find(text: string, into: Range[]): void {
    if (this.#kinds.size === 0) return;
    const filter = this.#filter;
    let head = 0, free = 0;
    let tries = FREE_TRIES + MOST_TRIES * text.length;
    for (let i = 0; i < text.length; i++) {
      head = (head << 8) | (text.charCodeAt(i) & 0xff);
      if (filter[slot(head)] === 0 || i < 3 || i - 3 < free) continue;
      const at = i - 3;
      const same = this.#byHead.get(head);
      if (same === undefined) continue;
      const value = same.find((candidate) => text.startsWith(candidate, at));
      if ((tries -= same.length) < 0) throw new RangeError("too many learned secrets begin alike");
      if (value === undefined) continue;
      free = at + value.length;
      into.push({ from: at, to: free, kind: this.#kinds.get(value) ?? "secret" });
    }
  }

  #index(value: string): void {
    const head = headOf(value);
    this.#filter[slot(head)] = 1;
    const same = this.#byHead.get(head) ?? [];
    same.push(value);
    same.sort((a, b) => b.length - a.length);
    this.#byHead.set(head, same);
  }

  #forgetOldest(): void {
    const [oldest] = this.#kinds.keys();
    if (oldest === undefined) return;
    this.#kinds.delete(oldest);
    const head = headOf(oldest);
    const rest = (this.#byHead.get(head) ?? []).filter((value) => value !== oldest);
    if (rest.length > 0) this.#byHead.set(head, rest);
    else this.#byHead.delete(head);
  }
}

function headOf(value: string): number {
  let head = 0;
  for (let i = 0; i < 4; i++) head = (head << 8) | value.charCodeAt(i);
  return head;
}

function slot(head: number): number {
  return Math.imul(head, 0x9e3779b1) >>> (32 - FILTER_BITS);
}
