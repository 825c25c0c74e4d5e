import type { Event } from "../event.ts";
import { addConnection, type ConnectionSums, type HostName, type Served } from "./connection_sums.ts";
import { addFile, type FileSums } from "./file_sums.ts";

/** What is counted of each process. */
export const PROCESS_COUNTS = [
  "calls",
  "files",
  "connections",
  "execs",
  "execs_failed",
  "threads",
  "credentials",
  "namespaces",
  "traces",
  "signals",
  "memory_files",
  "executable_memory",
  "kernel_code",
] as const;

type ProcessCount = typeof PROCESS_COUNTS[number];

export interface ProcessSums extends Record<ProcessCount, number> {
  readonly pid: number;
  readonly start: number;
  readonly comm: string;
  readonly session: string | null;
  readonly paths: Map<string, FileSums>;
  readonly ends: Map<string, ConnectionSums>;
  readonly hosts: Map<string, HostName>;
}

/** Sums of one batch, added to the tables once a batch instead of once an event. */
export class Tally {
  readonly totals = new Map<string, number>();
  readonly processes = new Map<string, ProcessSums>();
  readonly loss = new Map<string, { class: string; reason: string; unit: string; count: number }>();
  readonly sessions = new Set<string>();
  readonly #served: Served;
  #process: ProcessSums | null = null;
  first = Infinity;
  last = -Infinity;

  constructor(served: Served) {
    this.#served = served;
  }

  add(event: Event): void {
    this.first = Math.min(this.first, event.first_ts ?? event.ts);
    this.last = Math.max(this.last, event.last_ts ?? event.ts);
    if (event.session !== null) this.sessions.add(event.session);
    const { kind } = event;
    if (kind.startsWith("file.")) this.#file(event);
    else if (kind.startsWith("net.") || kind === "dns.answer") this.#network(event);
    else if (kind.startsWith("process.")) this.#life(event);
    else if (kind === "llm.call") this.#of(event).calls++;
    else if (kind === "loss") this.#lost(event);
  }

  #file(event: Event): void {
    addFile(this.#of(event).paths, event);
    const count = event.count ?? 1;
    switch (event.kind) {
      case "file.open":
        this.#of(event).files += count;
        this.#total("files_opened", count);
        if (event.access !== "read" && event.result >= 0) this.#total("files_written", count);
        return;
      case "file.close":
        // Of terminals, pipes and sockets it would say how much was talked.
        if (event.type !== undefined && event.type !== "file") return;
        this.#total("file_read_bytes", event.read_bytes);
        this.#total("file_written_bytes", event.written_bytes);
        return;
      case "file.unlink":
      case "file.rmdir":
        return event.result === 0 ? this.#total("files_removed", count) : undefined;
      case "file.rename":
        return event.result === 0 ? this.#total("files_renamed", count) : undefined;
      default:
        return;
    }
  }

  #network(event: Event): void {
    const process = this.#of(event);
    const sums = { connections: process.ends, hosts: process.hosts };
    addConnection(sums, { event, served: this.#served });
    if (event.kind === "net.connect") {
      process.connections += event.count ?? 1;
      this.#total("connections", event.count ?? 1);
      if (event.result < 0 && event.result !== EINPROGRESS) {
        this.#total("connections_failed", event.count ?? 1);
      }
    } else if (event.kind === "net.close") {
      this.#total("net_sent_bytes", event.sent_bytes);
      this.#total("net_received_bytes", event.received_bytes);
    }
  }

  #life(event: Event): void {
    const counted = COUNTED[event.kind];
    if (counted === undefined) return;
    const count = event.count ?? 1;
    this.#of(event)[counted] += count;
    if (counted === "execs") this.#total("execs", count);
  }

  #total(name: string, count: number): void {
    if (count > 0) this.totals.set(name, (this.totals.get(name) ?? 0) + count);
  }

  /** Most events are of the process that the one before was of. */
  #of(event: Event): ProcessSums {
    const { pid, start } = event;
    if (this.#process?.pid === pid && this.#process.start === start) return this.#process;
    const key = `${pid}:${start}`;
    let process = this.processes.get(key);
    if (process === undefined) {
      process = newProcess(event);
      this.processes.set(key, process);
    }
    return this.#process = process;
  }

  #lost({ class: name, reason, unit, count }: Extract<Event, { kind: "loss" }>): void {
    const key = `${name}\0${reason}\0${unit}`;
    const lost = this.loss.get(key) ?? { class: name, reason, unit, count: 0 };
    lost.count += count;
    this.loss.set(key, lost);
  }
}

const EINPROGRESS = -115;

/** Attempts are counted, too: that one was made is what matters. */
const COUNTED: { readonly [K in Event["kind"]]?: ProcessCount } = {
  "process.exec": "execs",
  "process.exec_failed": "execs_failed",
  "process.thread": "threads",
  "process.cred": "credentials",
  "process.ns": "namespaces",
  "process.ptrace": "traces",
  "process.signal": "signals",
  "process.memfd": "memory_files",
  "process.exec_memory": "executable_memory",
  "process.kernel": "kernel_code",
};

function newProcess({ pid, start, comm, session }: Event): ProcessSums {
  return {
    ...{ pid, start, comm, session, paths: new Map(), ends: new Map(), hosts: new Map() },
    ...{ calls: 0, files: 0, connections: 0, execs: 0, execs_failed: 0, threads: 0, credentials: 0 },
    ...{ namespaces: 0, traces: 0, signals: 0, memory_files: 0, executable_memory: 0, kernel_code: 0 },
  };
}
