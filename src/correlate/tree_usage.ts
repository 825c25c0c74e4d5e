/** What one process tree uses now and has used: its processes' last samples, and what those that ended left. */
import type { Sample } from "../capture/messages.ts";
import type { Actor, Draft, Micros, ProcessExited, ResourcesUsed } from "../event.ts";

interface Moved {
  readonly read_bytes: number;
  readonly written_bytes: number;
}

/** One process. What it moved is with what its children moved, from when it has waited for them. */
interface Use {
  sample: Sample | null;
  readonly absorbed: { read_bytes: number; written_bytes: number };
  /** In the look that is going on. */
  seen: boolean;
  /** In the look before. */
  live: boolean;
}

type Totals = Omit<ResourcesUsed, keyof Actor | "seq" | "session" | "ts" | "kind">;

const nothing: Totals = {
  processes: 0,
  threads: 0,
  cpu_us: 0,
  cpu_percent: 0,
  rss_kb: 0,
  read_bytes: 0,
  written_bytes: 0,
};

export class TreeUsage {
  readonly #uses = new Map<number, Use>();
  readonly #ended = { cpu_us: 0, read_bytes: 0, written_bytes: 0 };
  /** Who the tree is told by: its first process. */
  #root: Actor;
  #told: Totals | null = null;
  #lookedAt: Micros;
  #cpu = 0;

  constructor(root: Actor, now: Micros) {
    this.#root = root;
    this.#lookedAt = now;
  }

  get isEmpty(): boolean {
    return this.#uses.size === 0;
  }

  renamed(actor: Actor): void {
    if (actor.pid === this.#root.pid && actor.start === this.#root.start) this.#root = actor;
  }

  sampled(sample: Sample): void {
    const use = this.#use(sample.pid);
    use.sample = sample;
    use.seen = true;
  }

  /** What it had used is exact now. Returns what its parent's count grows by when it waits for it. */
  exited({ pid, cpu_us, read_bytes, written_bytes }: ProcessExited): Moved {
    const absorbed = this.#uses.get(pid)?.absorbed ?? nothing;
    this.#uses.delete(pid);
    this.#add(cpu_us, { read_bytes, written_bytes });
    return {
      read_bytes: read_bytes + absorbed.read_bytes,
      written_bytes: written_bytes + absorbed.written_bytes,
    };
  }

  /** A child's bytes are in the count of the process that waited for it. */
  waited(pid: number, moved: Moved): void {
    const { absorbed } = this.#use(pid);
    absorbed.read_bytes += moved.read_bytes;
    absorbed.written_bytes += moved.written_bytes;
  }

  /** All were looked at. */
  looked(): void {
    for (const [pid, use] of this.#uses) {
      // Its exit may be on its way; after another look it was lost, and what was last seen stays.
      if (!use.seen && !use.live) this.#gone(pid, use);
      use.live = use.seen;
      use.seen = false;
    }
  }

  /** Null when nothing is different. */
  take(now: Micros): Draft<ResourcesUsed> | null {
    const totals = this.#totals(now);
    const before = this.#told ?? nothing;
    const keys = Object.keys(nothing) as (keyof Totals)[];
    if (keys.every((key) => totals[key] === before[key])) return null;
    this.#told = totals;
    return { kind: "resource", ts: now, ...this.#root, ...totals };
  }

  #use(pid: number): Use {
    const known = this.#uses.get(pid);
    if (known) return known;
    const use = { sample: null, absorbed: { read_bytes: 0, written_bytes: 0 }, seen: false, live: true };
    this.#uses.set(pid, use);
    return use;
  }

  #gone(pid: number, use: Use): void {
    this.#uses.delete(pid);
    this.#add(use.sample?.cpu_us ?? 0, ownBytes(use.sample?.moved, use.absorbed));
  }

  #add(cpu_us: number, { read_bytes, written_bytes }: Moved): void {
    this.#ended.cpu_us += cpu_us;
    this.#ended.read_bytes += read_bytes;
    this.#ended.written_bytes += written_bytes;
  }

  #totals(now: Micros): Totals {
    let [processes, threads, rss_kb] = [0, 0, 0];
    let { cpu_us, read_bytes, written_bytes } = this.#ended;
    for (const use of this.#uses.values()) {
      if (!use.sample) continue;
      if (use.live) {
        processes++;
        threads += use.sample.threads;
        rss_kb += use.sample.rss_kb;
      }
      const own = ownBytes(use.sample.moved, use.absorbed);
      cpu_us += use.sample.cpu_us;
      read_bytes += own.read_bytes;
      written_bytes += own.written_bytes;
    }
    // A child that was waited for just now may be in its parent's count and not taken off, or the other way round.
    const before = this.#told ?? nothing;
    cpu_us = Math.max(cpu_us, before.cpu_us);
    const elapsed = now - this.#lookedAt;
    const percent = this.#told && elapsed > 0 ? 100 * (cpu_us - this.#cpu) / elapsed : 0;
    this.#lookedAt = now;
    this.#cpu = cpu_us;
    return {
      processes,
      threads,
      cpu_us,
      cpu_percent: Math.round(percent * 10) / 10,
      rss_kb,
      read_bytes: Math.max(read_bytes, before.read_bytes),
      written_bytes: Math.max(written_bytes, before.written_bytes),
    };
  }
}

function ownBytes(moved: Moved | null | undefined, absorbed: Moved): Moved {
  const of = (key: keyof Moved) => Math.max(0, (moved?.[key] ?? 0) - absorbed[key]);
  return { read_bytes: of("read_bytes"), written_bytes: of("written_bytes") };
}
