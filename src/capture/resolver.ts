/** Asks the resolver workers, and gets new ones where a file keeps them. */
import type { Depth } from "../targets/resolve.ts";
import type { ResolveAnswer, ResolveRequest } from "./resolver_worker.ts";

/** A worker that reads a file which never answers cannot be ended, only left behind. */
const MAX_LEFT_BEHIND = 8;
/** Longer than the largest program takes on a slow machine. */
export const STUCK_MS = 20_000;

type Settle = (answer: ResolveAnswer | null) => void;

interface Waiting {
  readonly request: ResolveRequest;
  readonly settle: Settle;
}

/** One worker, and what waits for it. It is given one file at a time, so that an urgent one overtakes. */
class Lane {
  readonly #urgent: Waiting[] = [];
  readonly #others: Waiting[] = [];
  #worker: Worker | null = null;
  #current: Waiting | null = null;
  #since = 0;
  #leftBehind = 0;

  ask(waiting: Waiting, { urgent }: { readonly urgent: boolean }): void {
    (urgent ? this.#urgent : this.#others).push(waiting);
    if (!this.#current) this.#next();
  }

  /** Gives up on a file that keeps the worker. */
  checkStuck(now: number): void {
    if (this.#current && now - this.#since > STUCK_MS) this.#leave();
  }

  end(): void {
    this.#worker?.terminate();
  }

  #next(): void {
    this.#current = this.#urgent.shift() ?? this.#others.shift() ?? null;
    if (!this.#current) return;
    this.#since = performance.now();
    if (this.#leftBehind > MAX_LEFT_BEHIND) return this.#settle(null);
    (this.#worker ??= this.#start()).postMessage(this.#current.request);
  }

  #settle(answer: ResolveAnswer | null): void {
    this.#current?.settle(answer);
    this.#next();
  }

  #leave(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#leftBehind++;
    this.#settle(null);
  }

  #start(): Worker {
    const worker = new Worker(workerUrl(), { type: "module", name: "resolver" });
    worker.onmessage = ({ data }: MessageEvent<ResolveAnswer>) => {
      if (data.id === this.#current?.request.id) this.#settle(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#leave();
    };
    return worker;
  }
}

export class Resolver implements Disposable {
  readonly #cache: string | null;
  /** Names are looked up in no time: they never wait behind the contents of a large program. */
  readonly #lanes: Readonly<Record<Depth, Lane>> = { names: new Lane(), contents: new Lane() };
  #nextId = 1;

  constructor(cache: string | null) {
    this.#cache = cache;
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

  checkStuck(): void {
    const now = performance.now();
    for (const lane of Object.values(this.#lanes)) lane.checkStuck(now);
  }

  [Symbol.dispose](): void {
    for (const lane of Object.values(this.#lanes)) lane.end();
  }
}

/** The packed program has the workers bundled beside each other. */
function workerUrl(): URL {
  const packed = import.meta.url.endsWith(".js");
  return new URL(packed ? "./resolver_worker.js" : "./resolver_worker.ts", import.meta.url);
}
