import type { Event } from "../event.ts";

export interface ProcessCounts {
  readonly pid: number;
  readonly start: number;
  readonly comm: string;
  readonly session: string | null;
  calls: number;
  files: number;
  connections: number;
}

/** Sums of one batch, added to the tables once a batch instead of once an event. */
export class Tally {
  readonly totals = new Map<string, number>();
  readonly processes = new Map<string, ProcessCounts>();
  readonly loss = new Map<string, { class: string; unit: string; count: number }>();
  readonly sessions = new Set<string>();
  first = Infinity;
  last = -Infinity;

  add(event: Event): void {
    this.first = Math.min(this.first, event.first_ts ?? event.ts);
    this.last = Math.max(this.last, event.last_ts ?? event.ts);
    if (event.session !== null) this.sessions.add(event.session);
    const count = event.count ?? 1;
    switch (event.kind) {
      case "process.exec":
        return this.#total("execs", count);
      case "file.open":
        this.#total("files_opened", count);
        if (event.access !== "read" && event.result >= 0) this.#total("files_written", count);
        this.#process(event).files += count;
        return;
      case "net.connect":
        this.#total("connections", count);
        this.#process(event).connections += count;
        return;
      case "llm.call":
        this.#process(event).calls += count;
        return;
      case "loss":
        return this.#lost(event.class, event.unit, event.count);
      default:
        return;
    }
  }

  #total(name: string, count: number): void {
    this.totals.set(name, (this.totals.get(name) ?? 0) + count);
  }

  #process({ pid, start, comm, session }: Event): ProcessCounts {
    const key = `${pid}:${start}`;
    const known = this.processes.get(key);
    if (known !== undefined) return known;
    const counts = { pid, start, comm, session, calls: 0, files: 0, connections: 0 };
    this.processes.set(key, counts);
    return counts;
  }

  #lost(kind: string, unit: string, count: number): void {
    const key = `${kind} ${unit}`;
    const lost = this.loss.get(key) ?? { class: kind, unit, count: 0 };
    lost.count += count;
    this.loss.set(key, lost);
  }
}
