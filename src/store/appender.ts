/** Gathers events into transactions: one costs as much for an event as for a hundred. */
import type { Event } from "../event.ts";
import { StoreError } from "./store_error.ts";

const MOST_EVENTS = 1000;
const LONGEST_MS = 100;

export class Appender implements Disposable {
  readonly #write: (events: readonly Event[]) => void;
  #held: Event[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Not told yet. */
  #failure: StoreError | null = null;
  #failed = false;

  /** `write` throws {@link StoreError}: nothing is written any more from then on. */
  constructor(write: (events: readonly Event[]) => void) {
    this.#write = write;
  }

  /** Writing has failed; what was written before stays. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Returns the error that ended writing, once; later events are not kept. */
  append(events: readonly Event[]): StoreError | null {
    if (!this.#failed) { for (const event of events) this.#held.push(event); }
    if (this.#held.length >= MOST_EVENTS) this.flush();
    else if (this.#held.length > 0) this.#timer ??= setTimeout(() => this.flush(), LONGEST_MS);
    return this.takeFailure();
  }

  /** Writes what is held; call before the recording is read. Never throws: the next `append` tells. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#held;
    if (events.length === 0) return;
    this.#held = [];
    try {
      this.#write(events);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#failed = true;
      this.#failure = error;
    }
  }

  takeFailure(): StoreError | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}
