/** Collects what arrives between two frames, so that a burst costs one render. */

/** About one second at the highest rate the server sends; beyond it new items are dropped and counted. */
const MAX_WAITING = 50_000;

export class FrameBatch<T> {
  readonly #apply: (items: readonly T[]) => void;
  readonly #schedule: (run: () => void) => void;
  #waiting: T[] = [];
  #scheduled = false;
  #dropped = 0;

  constructor(apply: (items: readonly T[]) => void, schedule: (run: () => void) => void) {
    this.#apply = apply;
    this.#schedule = schedule;
  }

  push(item: T): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(item);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => this.flush());
  }

  /** How many items found the batch full since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#waiting.length === 0) return;
    const items = this.#waiting;
    this.#waiting = [];
    this.#apply(items);
  }
}

/** The next frame, or 100 ms: a hidden page gets no frames. */
export function nextFrame(run: () => void): void {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, 100);
}
