/** Programs that cannot be looked into, by their last verdict. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { CoverageChanged } from "../../src/event.ts";

const MAX_PROGRAMS = 200;

export class Coverage {
  readonly #last = new Map<string, CoverageChanged>();
  readonly #blind = signal<readonly CoverageChanged[]>([]);

  /** Programs whose last verdict is not `attached` or `verified`. */
  get blind(): ReadonlySignal<readonly CoverageChanged[]> {
    return this.#blind;
  }

  apply(event: CoverageChanged): void {
    const key = `${event.exe}\0${event.library ?? ""}`;
    this.#last.delete(key);
    this.#last.set(key, event);
    if (this.#last.size > MAX_PROGRAMS) {
      for (const oldest of this.#last.keys()) {
        this.#last.delete(oldest);
        break;
      }
    }
    this.#blind.value = [...this.#last.values()].filter((event) =>
      event.status !== "attached" && event.status !== "verified"
    );
  }
}
