/**
 * The pipeline gives way to those it watches: the rings and queues keep what it has not dealt with, and a build that has
 * the processors busy does not wait for us to write down what it did. Until it falls behind.
 */
import { ownNice, type Priorities, setNice } from "../../ffi/priority.ts";

/** Against somebody at 0 some tenth of a processor (sched(7)). */
const NICER = 10;
const NICEST = 19;
/** Behind for so long, it goes on as fast as it can: an event is told within seconds. */
const PATIENCE_MS = 2000;
/** The same from a quarter of a full queue on. */
const FULL = 4;

export interface Backlog {
  /** On their way through the pipeline. */
  readonly bytes: number;
  /** As many as may be. */
  readonly queue: number;
  /** What must not wait: evidence was lost, or we are to end. */
  readonly urgent: boolean;
}

export class Courtesy {
  readonly #libc: Priorities;
  readonly #thread: number;
  readonly #usual: number;
  #isNice = false;
  #hurries = false;
  /** Since when something is on its way. */
  #since: number | null = null;

  /** `thread` runs the pipeline; its usual priority is that of the caller. */
  constructor(libc: Priorities, thread: number) {
    this.#libc = libc;
    this.#thread = thread;
    this.#usual = ownNice(libc);
  }

  /** Call often. `now` in ms, of any clock that only goes on. */
  update(now: number, { bytes, queue, urgent }: Backlog): void {
    this.#since = bytes > 0 ? this.#since ?? now : null;
    const late = this.#since !== null && now - this.#since > PATIENCE_MS;
    this.#hurries = urgent || late || bytes * FULL > queue || (this.#hurries && bytes > 0);
    if (this.#hurries === !this.#isNice) return;
    this.#isNice = !this.#hurries;
    const nice = this.#isNice ? Math.min(this.#usual + NICER, NICEST) : this.#usual;
    setNice(this.#libc, nice, this.#thread);
  }
}
