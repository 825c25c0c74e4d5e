/** Every process of the recording, kept up to date from the stream. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { CallRow, Event, LlmCalled, ProcessPage, ProcessRow, SessionId } from "../api.ts";
import { buildTree, processKey, type ProcessNode } from "./process_tree.ts";

export const MAX_PROCESSES = 4000;

type Change = { -readonly [K in keyof ProcessRow]?: ProcessRow[K] };

export class ProcessList {
  readonly #rows = new Map<string, ProcessRow>();
  readonly #published = signal<readonly ProcessRow[]>([]);
  readonly #forgotten = signal(0);
  /** The last event in the rows that were loaded. */
  #loaded = 0;
  #changed = false;

  /** By start. */
  readonly rows: ReadonlySignal<readonly ProcessRow[]> = this.#published;
  readonly roots: ReadonlySignal<readonly ProcessNode[]> = computed(() => buildTree(this.#published.value));
  readonly byKey: ReadonlySignal<ReadonlyMap<string, ProcessRow>> = computed(() =>
    new Map(this.#published.value.map((row) => [processKey(row), row]))
  );

  /** Processes left out because more than {@link MAX_PROCESSES} are known. */
  get forgotten(): ReadonlySignal<number> {
    return this.#forgotten;
  }

  /** The server's rows replace what was derived from the stream; events that they have counted are passed over. */
  load({ seq, processes }: ProcessPage): void {
    this.#loaded = seq;
    for (const row of processes) this.#set(row);
    this.publish();
  }

  addCall(call: CallRow): void {
    if (call.seq <= this.#loaded) return;
    const row = this.#rows.get(processKey(call));
    if (row !== undefined) this.#set({ ...row, calls: row.calls + 1 });
  }

  apply(event: Exclude<Event, LlmCalled>): void {
    if (event.seq <= this.#loaded) return;
    switch (event.kind) {
      case "process.fork": {
        const parent = this.#rows.get(processKey(event));
        this.#update({ pid: event.child, start: event.child_start, session: event.session }, {
          ppid: event.pid,
          comm: event.comm,
          exe: parent?.exe ?? "",
          argv: parent?.argv ?? [],
          cwd: parent?.cwd ?? "",
        });
        break;
      }
      case "process.running":
      case "process.exec": {
        const { ppid, comm, exe, argv, cwd } = event;
        this.#update(event, { ppid, comm, exe, argv, cwd });
        break;
      }
      case "process.exit":
        this.#update(event, {
          ended: event.ts,
          code: event.code ?? null,
          signal: event.signal ?? null,
          cpu_us: event.cpu_us,
          rss_peak_kb: event.rss_peak_kb,
        });
        break;
      case "file.open":
        this.#update(event, { files: this.#known(event).files + (event.count ?? 1) });
        break;
      case "net.connect":
        this.#update(event, { connections: this.#known(event).connections + (event.count ?? 1) });
        break;
      default:
    }
  }

  /** One new list for all changes of a batch. */
  publish(): void {
    if (!this.#changed) return;
    this.#changed = false;
    this.#evict();
    this.#published.value = [...this.#rows.values()].sort((a, b) => a.start - b.start || a.pid - b.pid);
  }

  /** The process that had this pid at that time. */
  find(pid: number, ts: number): ProcessRow | null {
    let found: ProcessRow | null = null;
    for (const row of this.#rows.values()) {
      if (row.pid === pid && row.start <= ts && (found === null || row.start > found.start)) found = row;
    }
    return found;
  }

  #known(process: Identity): ProcessRow {
    return this.#rows.get(processKey(process)) ?? blank(process);
  }

  #update(process: Identity, change: Change): void {
    this.#set({ ...this.#known(process), ...change });
  }

  #set(row: ProcessRow): void {
    this.#rows.set(processKey(row), row);
    this.#changed = true;
  }

  /** The first to go are those that ended longest ago. */
  #evict(): void {
    const excess = this.#rows.size - MAX_PROCESSES;
    if (excess <= 0) return;
    const oldest = [...this.#rows].sort(([, a], [, b]) => (a.ended ?? Infinity) - (b.ended ?? Infinity));
    for (const [key] of oldest.slice(0, excess)) this.#rows.delete(key);
    this.#forgotten.value += excess;
  }
}

type Identity = Pick<ProcessRow, "pid" | "start"> & {
  readonly session: SessionId | null;
  readonly comm?: string;
};

function blank({ pid, start, session, comm = "" }: Identity): ProcessRow {
  return {
    pid,
    start,
    session,
    comm,
    ppid: 0,
    exe: "",
    argv: [],
    cwd: "",
    ended: null,
    code: null,
    signal: null,
    calls: 0,
    files: 0,
    connections: 0,
  };
}
