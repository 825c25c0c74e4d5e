/** Files that wait to be looked into, and the workers that do it: few, so that not all large files are read at once. */
import type { Line, ResolveAnswer, ResolveRequest } from "./resolver_worker.ts";

/** Longer than the largest program takes on a slow machine: this file never answers. */
const STUCK_MS = 20_000;
/** A worker that reads such a file cannot be ended, only left behind. */
const MAX_WORKERS = 8;
/** Without anything to do. Each costs some 15 MB. */
const IDLE_MS = 30_000;

/** Short looks never wait behind long ones. */
export type LaneName = "quick" | "contents";

export type Settle = (answer: ResolveAnswer | null) => void;

interface Waiting {
  readonly request: ResolveRequest;
  readonly settle: Settle;
}

interface Server {
  readonly id: number;
  readonly line: Line;
  current: Waiting | null;
  since: number;
}

/** Who has the workers: one made by a worker takes Deno a second (2.9) to start. */
export interface Staff {
  /** Another one is to be started; it joins when it has. */
  hire(): void;
  dismiss(id: number): void;
}

export interface LaneOptions {
  /** Files that are looked into at the same time. */
  readonly atOnce: number;
  /** Longer than a look mostly takes: then one worker more serves those who wait behind it. */
  readonly busyMs: number;
  /** That many stay when there is nothing to do. */
  readonly keep: number;
}

export class Lane {
  readonly #urgent: Waiting[] = [];
  readonly #others: Waiting[] = [];
  readonly #servers = new Map<number, Server>();
  readonly #staff: Staff;
  readonly #options: LaneOptions;
  /** On their way. */
  #hired = 0;
  #leftBehind = 0;

  constructor(staff: Staff, options: LaneOptions) {
    this.#staff = staff;
    this.#options = options;
    for (let i = 0; i < options.keep; i++) this.#hire();
  }

  ask(waiting: Waiting, { urgent }: { readonly urgent: boolean }): void {
    (urgent ? this.#urgent : this.#others).push(waiting);
    const idle = this.#servers.values().find(({ current }) => current === null);
    if (idle) this.#serve(idle);
    else if (this.#servers.size + this.#hired < this.#options.atOnce) this.#hire();
  }

  join(id: number, line: Line): void {
    const server: Server = { id, line, current: null, since: 0 };
    line.onmessage = ({ data }: MessageEvent<ResolveAnswer>) => {
      const { current } = server;
      if (data.id !== current?.request.id) return;
      this.#serve(server);
      current.settle(data);
    };
    this.#hired--;
    this.#servers.set(id, server);
    this.#serve(server);
  }

  /** It broke, or is left behind with a file that never answers. */
  leave(id: number): void {
    const server = this.#servers.get(id);
    if (!server) return;
    this.#servers.delete(id);
    this.#staff.dismiss(id);
    this.#leftBehind++;
    server.current?.settle(null);
    if (this.#servers.size + this.#hired === 0) this.#hire();
  }

  /** Sees to it that one file does not keep all the others, and nobody is paid for nothing. Call often. */
  check(now: number): void {
    let waitsLong = this.#urgent.length + this.#others.length > 0;
    for (const { id, current, since } of this.#servers.values()) {
      if (!current || now - since < this.#options.busyMs) waitsLong = false;
      if (current && now - since > STUCK_MS) this.leave(id);
      if (!current && now - since > IDLE_MS && this.#servers.size > this.#options.keep) this.#dismiss(id);
    }
    if (waitsLong && this.#hired === 0) this.#hire();
  }

  #hire(): void {
    if (this.#servers.size + this.#hired + this.#leftBehind < MAX_WORKERS) {
      this.#hired++;
      this.#staff.hire();
    } else if (this.#servers.size + this.#hired === 0) this.#giveUp();
  }

  #dismiss(id: number): void {
    this.#servers.delete(id);
    this.#staff.dismiss(id);
  }

  #serve(server: Server): void {
    server.current = this.#urgent.shift() ?? this.#others.shift() ?? null;
    server.since = performance.now();
    if (server.current) server.line.postMessage(server.current.request);
  }

  /** Every worker was lost: nothing can be looked into any more. */
  #giveUp(): void {
    for (const { settle } of [...this.#urgent.splice(0), ...this.#others.splice(0)]) settle(null);
  }
}
