/**
 * Folds equal events of a process into one with a count (`--fold auto`): files opened and closed, sockets made,
 * memory made executable.
 *
 * The first of its kind passes at once; what follows within a second of event time is counted and told in one event at
 * its end, so that the sum of `count` (1 where absent) is exact, and so are the sums of bytes. Nothing is held back
 * that would be seen differently: all that an event says but its bytes is part of being equal, and so is whether
 * anything was read or written. What changes a file or its name is never folded.
 */
import type { Draft, ExecutableMapped, FileClosed, FileOpened, Micros, SocketMade } from "../event.ts";

const WINDOW_US = 1_000_000;
/** A file in use has two: its opens and its closes. */
const MAX_OPEN = 8192;

type Foldable = Draft<FileOpened | FileClosed | ExecutableMapped | SocketMade>;

/** An open window: what came after the event that opened it. */
interface Folding {
  readonly first: Foldable;
  readonly until: number;
  from: Micros;
  last: Foldable;
  count: number;
  /** Sums of `read_bytes`, or `bytes`, and of `written_bytes`. */
  read: number;
  written: number;
}

export class Fold {
  /** By process and {@link keyOf}: a compiler's headers are the same in a hundred processes. */
  readonly #open = new Map<number, Map<string, Folding[]>>();
  /** All of them in the order their windows end. */
  #queue: Folding[] = [];

  /** Drafts to pass on now, in order. */
  push(drafts: readonly Draft[]): Draft[] {
    const out: Draft[] = [];
    // Once a batch: batches are far shorter than a window.
    if (drafts[0]) this.#close(drafts[0].ts, out);
    for (const draft of drafts) {
      if (!isFoldable(draft) || !this.#fold(draft)) out.push(draft);
    }
    return out;
  }

  /** What is still being counted; call when the source has been quiet or has ended. */
  flush(now: Micros): Draft[] {
    const out: Draft[] = [];
    this.#close(now, out);
    return out;
  }

  #fold(draft: Foldable): boolean {
    let own = this.#open.get(draft.pid);
    const key = keyOf(draft);
    const same = own?.get(key);
    const open = same?.find(({ first }) => isEqual(first, draft));
    if (open) {
      if (open.count === 0) open.from = draft.ts;
      open.last = draft;
      open.count++;
      addBytes(open, draft);
      return true;
    }
    if (this.#queue.length >= MAX_OPEN) return false;
    const { ts } = draft;
    const folding = {
      first: draft,
      until: ts + WINDOW_US,
      from: ts,
      last: draft,
      count: 0,
      read: 0,
      written: 0,
    };
    this.#queue.push(folding);
    if (!own) this.#open.set(draft.pid, own = new Map());
    if (same) same.push(folding);
    else own.set(key, [folding]);
    return false;
  }

  #close(now: number, out: Draft[]): void {
    const ends = this.#queue.findIndex(({ until }) => until > now);
    if (ends === 0) return;
    for (const folding of this.#queue.splice(0, ends < 0 ? this.#queue.length : ends)) {
      this.#remove(folding);
      if (folding.count > 0) out.push(folded(folding));
    }
  }

  #remove(folding: Folding): void {
    const { pid } = folding.first;
    const key = keyOf(folding.first);
    const own = this.#open.get(pid);
    const same = own?.get(key);
    if (!own || !same) return;
    if (same.length > 1) same.splice(same.indexOf(folding), 1);
    else own.delete(key);
    if (own.size === 0) this.#open.delete(pid);
  }
}

function isFoldable(draft: Draft): draft is Foldable {
  const { kind } = draft;
  return kind === "file.open" || kind === "file.close" || kind === "process.exec_memory" ||
    kind === "net.socket";
}

/** What is there already and, of one process, mostly different. */
function keyOf(draft: Foldable): string {
  return draft.kind === "file.open" || draft.kind === "file.close" ? draft.path : draft.kind;
}

function isEqual(a: Foldable, b: Foldable): boolean {
  if (a.kind !== b.kind || a.pid !== b.pid || a.start !== b.start) return false;
  if (a.kind === "file.open" && b.kind === "file.open") {
    return a.access === b.access && a.result === b.result && a.created === b.created &&
      a.flags === b.flags && a.type === b.type && a.path_exact === b.path_exact;
  }
  if (a.kind === "file.close" && b.kind === "file.close") {
    return a.type === b.type && a.implicit === b.implicit && a.path_exact === b.path_exact &&
      a.read_bytes > 0 === b.read_bytes > 0 && a.written_bytes > 0 === b.written_bytes > 0;
  }
  if (a.kind === "process.exec_memory" && b.kind === "process.exec_memory") {
    return a.call === b.call && a.writable === b.writable && a.result === b.result;
  }
  if (a.kind === "net.socket" && b.kind === "net.socket") {
    return a.family === b.family && a.transport === b.transport && a.protocol === b.protocol &&
      a.result === b.result;
  }
  return false;
}

function addBytes(folding: Folding, draft: Foldable): void {
  if (draft.kind === "file.close") {
    folding.read += draft.read_bytes;
    folding.written += draft.written_bytes;
  } else if (draft.kind === "process.exec_memory") folding.read += draft.bytes;
}

function folded({ from, last, count, read, written }: Folding): Draft {
  if (count === 1) return last;
  const times = { count, first_ts: from, last_ts: last.ts };
  if (last.kind === "file.close") return { ...last, read_bytes: read, written_bytes: written, ...times };
  if (last.kind === "process.exec_memory") return { ...last, bytes: read, ...times };
  return { ...last, ...times };
}
