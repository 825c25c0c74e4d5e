import { decodings } from "./decoded.ts";
import type { LearnedSecrets } from "./learned.ts";
import type { Range } from "./range.ts";

/** Characters of one generation; there are two. A history of a million tokens is about 4 million. */
const GENERATION = 4 << 20;
/** Beside its characters, an entry costs about this. */
const ENTRY = 64;

interface Entry {
  readonly ranges: readonly Range[];
  version: number;
}

/**
 * What was found in a string before. An agent sends its whole history with every call, and the same few paths
 * make up most file events. Keyed by the whole text: a hash could be made to collide by who writes the text.
 */
export class Verdicts {
  readonly #learned: LearnedSecrets;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #size = 0;

  constructor(learned: LearnedSecrets) {
    this.#learned = learned;
  }

  /** The secrets of the text, or undefined when it has to be searched (again). */
  get(text: string): readonly Range[] | undefined {
    let entry = this.#young.get(text);
    if (entry === undefined) {
      entry = this.#old.get(text);
      if (entry === undefined) return undefined;
      this.#keep(text, entry);
    }
    if (entry.version !== this.#learned.version) {
      if (this.#holdsNews(text, entry.version)) return undefined;
      entry.version = this.#learned.version;
    }
    return entry.ranges;
  }

  /** `version` is that of the learned secrets when the search began. */
  set(text: string, ranges: readonly Range[], version: number): void {
    this.#keep(text, { ranges, version });
  }

  #keep(text: string, entry: Entry): void {
    this.#size += text.length + ENTRY;
    if (this.#size > GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = text.length + ENTRY;
    }
    this.#young.set(text, entry);
  }

  /** Whether a value that was learned since may be in the text. */
  #holdsNews(text: string, version: number): boolean {
    const news = this.#learned.since(version);
    if (news === null) return true;
    if (news.some((value) => text.includes(value))) return true;
    return decodings(text).some((decoded) => news.some((value) => decoded.text.includes(value)));
  }
}
