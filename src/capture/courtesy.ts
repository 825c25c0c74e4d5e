/**
 * The pipeline gives way to those it watches: the rings and queues keep what it has not dealt with, and a build that has
 * the processors busy does not wait for us to write down what it did. Until it falls behind.
 */
import { giveWay, type Scheduling } from "../../ffi/scheduling.ts";

/** Behind for so long, it goes on like everybody: an event is told within seconds, and the page answers. */
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
  readonly #libc: Scheduling;
  readonly #thread: number;
  #gives = false;
  #hurries = false;
  /** Since when something is on its way. */
  #since: number | null = null;

  /** `thread` runs the pipeline. */
  constructor(libc: Scheduling, thread: number) {
    this.#libc = libc;
    this.#thread = thread;
  }

  /** Call often. `now` in ms, of any clock that only goes on. */
  update(now: number, { bytes, queue, urgent }: Backlog): void {
    this.#since = bytes > 0 ? this.#since ?? now : null;
    const late = this.#since !== null && now - this.#since > PATIENCE_MS;
    this.#hurries = urgent || late || bytes * FULL > queue || (this.#hurries && bytes > 0);
    // With nothing on its way there is still a page to be served.
    const gives = bytes > 0 && !this.#hurries;
    if (gives === this.#gives) return;
    this.#gives = gives;
    giveWay(this.#libc, gives, this.#thread);
  }
}
