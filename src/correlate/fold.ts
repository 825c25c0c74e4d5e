/**
 * Folds equal file events of a process into one with a count (`--fold auto`).
 *
 * The first of its kind passes at once; what follows within a second of event time is counted and told in one event at
 * its end, so that the sum of `count` (1 where absent) is exact. Nothing is held back that would be seen differently:
 * access, result and path are part of being equal.
 */
import type { Draft, FileOpened, Micros } from "../event.ts";

const WINDOW_US = 1_000_000;
const MAX_OPEN = 4096;

type Opened = Draft<FileOpened>;

/** An open window: what came after the event that opened it. */
interface Folding {
  readonly first: Opened;
  readonly until: number;
  from: Micros;
  last: Opened;
  count: number;
}

export class Fold {
  /** By path first: paths are mostly different, and the key is there already. */
  readonly #open = new Map<string, Folding[]>();
  /** All of them in the order their windows end. */
  #queue: Folding[] = [];

  /** Drafts to pass on now, in order. */
  push(drafts: readonly Draft[]): Draft[] {
    const out: Draft[] = [];
    // Once a batch: batches are far shorter than a window.
    if (drafts[0]) this.#close(drafts[0].ts, out);
    for (const draft of drafts) {
      if (draft.kind !== "file.open" || !this.#fold(draft)) out.push(draft);
    }
    return out;
  }

  /** What is still being counted; call when the source has been quiet or has ended. */
  flush(now: Micros): Draft[] {
    const out: Draft[] = [];
    this.#close(now, out);
    return out;
  }

  #fold(draft: Opened): boolean {
    const same = this.#open.get(draft.path);
    const open = same?.find(({ first }) => isEqual(first, draft));
    if (open) {
      if (open.count === 0) open.from = draft.ts;
      open.last = draft;
      open.count++;
      return true;
    }
    if (this.#queue.length >= MAX_OPEN) return false;
    const folding = { first: draft, until: draft.ts + WINDOW_US, from: draft.ts, last: draft, count: 0 };
    this.#queue.push(folding);
    if (same) same.push(folding);
    else this.#open.set(draft.path, [folding]);
    return false;
  }

  #close(now: number, out: Draft[]): void {
    const ends = this.#queue.findIndex(({ until }) => until > now);
    if (ends === 0) return;
    for (const folding of this.#queue.splice(0, ends < 0 ? this.#queue.length : ends)) {
      const { first, from, last, count } = folding;
      const left = this.#open.get(first.path)?.filter((other) => other !== folding) ?? [];
      if (left.length > 0) this.#open.set(first.path, left);
      else this.#open.delete(first.path);
      if (count === 1) out.push(last);
      else if (count > 1) out.push({ ...last, count, first_ts: from, last_ts: last.ts });
    }
  }
}

function isEqual(a: Opened, b: Opened): boolean {
  return a.pid === b.pid && a.start === b.start && a.access === b.access && a.result === b.result &&
    a.created === b.created;
}
