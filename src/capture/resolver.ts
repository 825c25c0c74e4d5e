/** Asks the resolver workers, and gets more of them where a file keeps one. */
import type { Depth } from "../targets/resolve.ts";
import type { Line, ResolveAnswer, ResolveRequest } from "./resolver_worker.ts";

/** Longer than a look of each kind mostly takes: then another worker serves those who wait behind it. */
const BUSY_MS: Readonly<Record<Depth, number>> = { names: 300, contents: 4000 };
/** Longer than the largest program takes on a slow machine: this file never answers. */
const STUCK_MS = 20_000;
/** A worker that reads such a file cannot be ended, only left behind. */
const MAX_WORKERS = 8;

type Settle = (answer: ResolveAnswer | null) => void;

interface Waiting {
  readonly request: ResolveRequest;
  readonly settle: Settle;
}

interface Server {
  readonly line: Line;
  readonly end: () => void;
  current: Waiting | null;
  since: number;
}

/** A queue and those who serve it: mostly one worker, so that large files are read one after the other. */
class Lane {
  readonly #urgent: Waiting[] = [];
  readonly #others: Waiting[] = [];
  readonly #servers = new Set<Server>();
  readonly #busyMs: number;
  #leftBehind = 0;

  /** `first`: to a worker that somebody else made. One made by a worker takes Deno a second (2.9) to start. */
  constructor(first: MessagePort, busyMs: number) {
    this.#busyMs = busyMs;
    this.#join(first, () => first.close());
  }

  ask(waiting: Waiting, { urgent }: { readonly urgent: boolean }): void {
    (urgent ? this.#urgent : this.#others).push(waiting);
    const idle = [...this.#servers].find(({ current }) => current === null);
    if (idle) this.#serve(idle);
    else if (this.#servers.size === 0) this.#add();
  }

  /** Sees to it that one file does not keep all the others. Call often. */
  check(now: number): void {
    let waitsLong = this.#urgent.length + this.#others.length > 0;
    for (const server of this.#servers) {
      if (!server.current || now - server.since < this.#busyMs) waitsLong = false;
      else if (now - server.since > STUCK_MS) this.#leave(server);
    }
    if (waitsLong) this.#add();
  }

  end(): void {
    for (const server of this.#servers) server.end();
  }

  #add(): void {
    if (this.#servers.size + this.#leftBehind >= MAX_WORKERS) {
      if (this.#servers.size === 0) this.#giveUp();
      return;
    }
    const worker = new Worker(resolverUrl(), { type: "module", name: "resolver" });
    const server = this.#join(worker, () => worker.terminate());
    worker.onerror = (event) => {
      event.preventDefault();
      this.#leave(server);
    };
    this.#serve(server);
  }

  #join(line: Line, end: () => void): Server {
    const server: Server = { line, end, current: null, since: 0 };
    line.onmessage = ({ data }: MessageEvent<ResolveAnswer>) => {
      const { current } = server;
      if (data.id !== current?.request.id) return;
      this.#serve(server);
      current.settle(data);
    };
    this.#servers.add(server);
    return server;
  }

  #serve(server: Server): void {
    server.current = this.#urgent.shift() ?? this.#others.shift() ?? null;
    server.since = performance.now();
    if (server.current) server.line.postMessage(server.current.request);
  }

  #leave(server: Server): void {
    if (!this.#servers.delete(server)) return;
    server.end();
    this.#leftBehind++;
    server.current?.settle(null);
    if (this.#servers.size === 0) this.#add();
  }

  /** Every worker was lost: nothing can be looked into any more. */
  #giveUp(): void {
    for (const { settle } of [...this.#urgent.splice(0), ...this.#others.splice(0)]) settle(null);
  }
}

/** To one worker for each lane. */
export type ResolverPorts = Readonly<Record<Depth, MessagePort>>;

export class Resolver implements Disposable {
  readonly #cache: string | null;
  /** Names are looked up in no time: they never wait behind the contents of a large program. */
  readonly #lanes: Readonly<Record<Depth, Lane>>;
  #nextId = 1;

  constructor(cache: string | null, ports: ResolverPorts) {
    this.#cache = cache;
    this.#lanes = {
      names: new Lane(ports.names, BUSY_MS.names),
      contents: new Lane(ports.contents, BUSY_MS.contents),
    };
  }

  /** Calls back with the answer; with null when the file never answered. */
  ask(
    file: { readonly open: string; readonly depth: Depth; readonly urgent: boolean },
    settle: Settle,
  ): void {
    const { open, depth, urgent } = file;
    const request = { id: this.#nextId++, open, depth, cache: this.#cache };
    this.#lanes[depth].ask({ request, settle }, { urgent });
  }

  /** Sees to it that nobody waits for ever. Call often. */
  check(now: number): void {
    for (const lane of Object.values(this.#lanes)) lane.check(now);
  }

  [Symbol.dispose](): void {
    for (const lane of Object.values(this.#lanes)) lane.end();
  }
}

/** The packed program has the workers bundled beside each other. */
export function resolverUrl(): URL {
  const packed = import.meta.url.endsWith(".js");
  return new URL(packed ? "./resolver_worker.js" : "./resolver_worker.ts", import.meta.url);
}
