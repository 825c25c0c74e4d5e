import type { Draft } from "../event.ts";
import { mapStrings } from "./leaves.ts";
import { LearnedSecrets } from "./learned.ts";
import { LiveText, type Piece } from "./live_text.ts";
import { metaOnly } from "./meta_only.ts";
import { redactNamed } from "./named.ts";
import { FAILED, Placeholders } from "./placeholder.ts";
import { replaceRanges } from "./range.ts";
import { type Linter, scan, type Verdict } from "./scan.ts";

export type Level = "meta" | "redacted" | "full";

/** No secret that any rule knows, and none that is learned, is shorter. */
const SHORTEST = 8;
/** Strings found clean are remembered, because the same few paths make up most file events. */
const CLEAN_KEPT = 16_384;
const CLEAN_LONGEST = 256;

/** A draft on its way: live text has become pieces, whose secrets are replaced one by one. */
interface Item {
  readonly draft: Draft;
  readonly pieces: readonly Piece[] | null;
}

/**
 * Replaces secrets before anything is stored, printed or served. Batches must be given one after the other.
 *
 * "full" passes everything through, "meta" also drops the text of prompts, answers and tool inputs.
 * `llm.delta` text is held back up to the last blank; the rest of it is sent before its `llm.call`.
 */
export class Redactor {
  readonly #level: Level;
  readonly #lint: { readonly lint?: Linter };
  readonly #learned = new LearnedSecrets();
  readonly #placeholders = new Placeholders();
  readonly #live = new LiveText();
  readonly #clean = new Set<string>();
  #cleanSince = 0;
  #failures = 0;

  constructor({ level, lint }: { level: Level; lint?: Linter }) {
    this.#level = level;
    this.#lint = lint === undefined ? {} : { lint };
  }

  /** Strings that could not be checked and were replaced whole. */
  get failures(): number {
    return this.#failures;
  }

  /** Never changes its input. A string that cannot be checked is replaced by `[redaction failed]`. */
  async redact(batch: readonly Draft[]): Promise<Draft[]> {
    if (this.#level === "full") return batch.slice();
    const items = batch.flatMap((draft) => this.#prepare(draft));
    const texts = [...this.#textsOf(items)];
    const verdicts = await scan(texts, { learned: this.#learned, ...this.#lint });
    const found = new Map<string, Verdict>();
    verdicts.forEach((verdict, i) => {
      const text = texts[i] as string;
      if (verdict === null) this.#failures++;
      if (verdict === null || verdict.length > 0) found.set(text, verdict);
      else this.#remember(text);
    });
    return items.flatMap((item) => this.#finish(item, found));
  }

  /** Everything that depends on the order of drafts happens here, before the first await. */
  #prepare(draft: Draft): Item[] {
    if (draft.kind === "llm.delta") {
      if (this.#level === "meta") return [];
      return [{ draft, pieces: this.#live.push(draft.id, draft.text) }];
    }
    const named = redactNamed(draft, {
      learned: this.#learned,
      placeholder: (kind, secret) => this.#placeholders.of(kind, secret),
    });
    const item = { draft: this.#level === "meta" ? metaOnly(named) : named, pieces: null };
    if (draft.kind !== "llm.call") return [item];
    const { pid, tid, start, comm, ts, id } = draft;
    const rest: Draft = { kind: "llm.delta", pid, tid, start, comm, ts, id, text: "" };
    return [{ draft: rest, pieces: this.#live.end(id) }, item];
  }

  /** The distinct strings that have to be checked. */
  #textsOf(items: readonly Item[]): Set<string> {
    const texts = new Set<string>();
    const clean = this.#clean;
    if (this.#cleanSince !== this.#learned.version || clean.size > CLEAN_KEPT) clean.clear();
    this.#cleanSince = this.#learned.version;
    const collect = (text: string): string => {
      if (text.length >= SHORTEST && !clean.has(text)) texts.add(text);
      return text;
    };
    for (const { draft, pieces } of items) {
      if (draft.kind === "file.open" || draft.kind === "file.close") {
        // Most of all events: their texts are known without a walk.
        collect(draft.path);
        collect(draft.comm);
      } else if (pieces === null) mapStrings(draft, collect);
      else for (const piece of pieces) if ("text" in piece) texts.add(piece.context + piece.text);
    }
    return texts;
  }

  #finish({ draft, pieces }: Item, found: ReadonlyMap<string, Verdict>): Draft[] {
    if (pieces === null) {
      // Most batches hold no secret; only tool inputs can be nested too deep.
      if (found.size === 0 && draft.kind !== "llm.call" && draft.kind !== "tool.call") return [draft];
      return [mapStrings(draft, (text) => this.#replace(text, found)) as Draft];
    }
    const text = pieces.map((piece) => "note" in piece ? piece.note : this.#shown(piece, found)).join("");
    return text === "" || draft.kind !== "llm.delta" ? [] : [{ ...draft, text }];
  }

  #replace(text: string, found: ReadonlyMap<string, Verdict>): string {
    const ranges = found.get(text);
    if (ranges === undefined) return text;
    return ranges === null ? FAILED : replaceRanges(text, ranges, (k, s) => this.#placeholders.of(k, s));
  }

  /** The part after the context, with whatever of a secret reaches into it replaced. */
  #shown({ context, text }: { context: string; text: string }, found: ReadonlyMap<string, Verdict>): string {
    const ranges = found.get(context + text);
    if (ranges === undefined) return text;
    if (ranges === null) return FAILED;
    const from = context.length;
    const inside = ranges.filter((range) => range.to > from)
      .map((range) => ({ ...range, from: Math.max(range.from - from, 0), to: range.to - from }));
    return replaceRanges(text, inside, (kind, secret) => this.#placeholders.of(kind, secret));
  }

  #remember(text: string): void {
    if (text.length <= CLEAN_LONGEST) this.#clean.add(text);
  }
}
