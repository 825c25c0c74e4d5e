import type { Draft } from "../event.ts";
import { mapStrings } from "./leaves.ts";
import { LearnedSecrets } from "./learned.ts";
import { LiveText, type Piece } from "./live_text.ts";
import { metaOnly } from "./meta_only.ts";
import { redactHeaders } from "./headers.ts";
import { isFlat, redactNamed } from "./named.ts";
import { learnNamed } from "./named_values.ts";
import type { Naming } from "./naming.ts";
import { FAILED, Placeholders } from "./placeholder.ts";
import { replaceRanges } from "./range.ts";
import { Anchors } from "./rules/anchors.ts";
import { scan, type Verdict } from "./scan.ts";
import type { Linter } from "./secretlint.ts";
import { Verdicts } from "./verdicts.ts";

export type Level = "meta" | "redacted" | "full";

/** No secret that any rule knows, and none that is learned, is shorter. */
const SHORTEST = 8;

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
  readonly #rules = new Anchors();
  readonly #verdicts = new Verdicts(this.#learned);
  readonly #naming: Naming = {
    learned: this.#learned,
    placeholder: (kind, secret) => this.#placeholders.of(kind, secret),
  };
  #failures = 0;

  constructor({ level, lint }: { level: Level; lint?: Linter }) {
    this.#level = level;
    this.#lint = lint === undefined ? {} : { lint };
  }

  /** Strings that could not be checked and were replaced whole. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Headers of a request that was sent. Its event comes when it has been answered; the answer's live text,
   * in which a key may be repeated, comes before that.
   */
  learn(headers: Readonly<Record<string, string>>): void {
    if (this.#level !== "full") redactHeaders(headers, this.#naming);
  }

  /** Never changes its input. A string that cannot be checked is replaced by `[redaction failed]`. */
  async redact(batch: readonly Draft[]): Promise<Draft[]> {
    if (this.#level === "full") return batch.slice();
    const items = batch.flatMap((draft) => this.#prepare(draft));
    const found = new Map<string, Verdict>();
    const texts = textsOf(items);
    const version = this.#learned.version;
    await this.#search(texts, found);
    // What one text of the batch names may stand without its name in another one.
    if (this.#learned.version !== version) await this.#search(texts, found);
    return items.flatMap((item) => this.#finish(item, found));
  }

  /** Everything that depends on the order of drafts happens here, before the first await. */
  #prepare(draft: Draft): Item[] {
    if (draft.kind === "llm.delta" && this.#level !== "meta") {
      return [{ draft, pieces: this.#live.push(draft.id, draft.text) }];
    }
    const named = redactNamed(draft, this.#naming);
    const kept = this.#level === "meta" ? metaOnly(named) : named;
    if (kept === null) return [];
    const item = { draft: kept, pieces: null };
    if (draft.kind !== "llm.call") return [item];
    const { pid, tid, start, comm, ts, id } = draft;
    const rest: Draft = { kind: "llm.delta", pid, tid, start, comm, ts, id, text: "" };
    return [{ draft: rest, pieces: this.#live.end(id) }, item];
  }

  /** Puts into `found` what has secrets and what could not be checked, and learns what the texts name. */
  async #search({ whole, live }: Texts, found: Map<string, Verdict>): Promise<void> {
    const unknown: string[] = [];
    for (const text of whole) {
      const known = found.get(text) === null ? null : this.#verdicts.get(text);
      if (known === undefined) unknown.push(text);
      else if (known === null || known.length > 0) found.set(text, known);
    }
    // Live text is said once: remembering it would push out what comes again.
    const kept = unknown.length;
    for (const text of live) if (found.get(text) !== null) unknown.push(text);
    if (unknown.length === 0) return;
    const version = this.#learned.version;
    const verdicts = await scan(unknown, { learned: this.#learned, rules: this.#rules, ...this.#lint });
    verdicts.forEach((verdict, i) => {
      const text = unknown[i] as string;
      if (verdict === null) this.#failures++;
      else {
        if (i < kept) this.#verdicts.set(text, verdict, version);
        learnNamed(text, verdict, this.#learned);
      }
      if (verdict === null || verdict.length > 0) found.set(text, verdict);
    });
  }

  #finish({ draft, pieces }: Item, found: ReadonlyMap<string, Verdict>): Draft[] {
    if (pieces === null) {
      // Most batches hold no secret; only what holds objects of others can be nested too deep.
      if (found.size === 0 && isFlat(draft)) return [draft];
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
}

/** The distinct strings that may hold a secret. */
interface Texts {
  readonly whole: ReadonlySet<string>;
  /** Pieces of live text behind their contexts. */
  readonly live: ReadonlySet<string>;
}

function textsOf(items: readonly Item[]): Texts {
  const whole = new Set<string>(), live = new Set<string>();
  const collect = (text: string): string => {
    if (text.length >= SHORTEST) whole.add(text);
    return text;
  };
  for (const { draft, pieces } of items) {
    if (draft.kind === "file.open" || draft.kind === "file.close" || draft.kind === "file.io") {
      // Most of all events: their texts are known without a walk.
      collect(draft.path);
      collect(draft.comm);
    } else if (pieces === null) mapStrings(draft, collect);
    else for (const piece of pieces) if ("text" in piece) live.add(piece.context + piece.text);
  }
  return { whole, live };
}
