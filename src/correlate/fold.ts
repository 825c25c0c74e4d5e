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

interface Folded {
  readonly last: Draft<FileOpened>;
  readonly first_ts: Micros;
  readonly last_ts: Micros;
  readonly count: number;
  readonly until: number;
}

export class Fold {
  readonly #open = new Map<string, Folded>();

  /** Drafts to pass on now, in order. */
  push(drafts: readonly Draft[]): Draft[] {
    const out: Draft[] = [];
    for (const draft of drafts) {
      if (this.#open.size > 0) this.#close(draft.ts, out);
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

  #fold(draft: Draft<FileOpened>): boolean {
    const key = `${draft.pid} ${draft.start} ${draft.access} ${draft.result} ${draft.created} ${draft.path}`;
    const open = this.#open.get(key);
    if (!open) {
      if (this.#open.size >= MAX_OPEN) return false;
      this.#open.set(key, {
        last: draft,
        first_ts: draft.ts,
        last_ts: draft.ts,
        count: 0,
        until: draft.ts + WINDOW_US,
      });
      return false;
    }
    const first_ts = open.count === 0 ? draft.ts : open.first_ts;
    this.#open.set(key, { ...open, last: draft, first_ts, last_ts: draft.ts, count: open.count + 1 });
    return true;
  }

  /** In insertion order, which is the order the windows end in. */
  #close(now: number, out: Draft[]): void {
    for (const [key, { last, first_ts, last_ts, count, until }] of this.#open) {
      if (until > now) break;
      this.#open.delete(key);
      if (count === 1) out.push(last);
      else if (count > 1) out.push({ ...last, ts: last_ts, count, first_ts, last_ts });
    }
  }
}
