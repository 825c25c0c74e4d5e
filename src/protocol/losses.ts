/** Evidence that could not be read, counted until somebody takes the counts. */
export interface Loss {
  readonly class: string;
  readonly reason: string;
  readonly unit: "events" | "bytes";
  readonly count: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class LossCounter {
  #counts = new Map<string, Mutable<Loss>>();

  bytes(area: string, reason: string, count: number): void {
    this.#add({ class: area, reason, unit: "bytes", count });
  }

  event(area: string, reason: string): void {
    this.#add({ class: area, reason, unit: "events", count: 1 });
  }

  /** The counts since the last call, one entry a class, reason and unit. */
  take(): Loss[] {
    const taken = [...this.#counts.values()];
    this.#counts = new Map();
    return taken;
  }

  #add(loss: Loss): void {
    if (loss.count <= 0) return;
    const key = `${loss.class} ${loss.reason} ${loss.unit}`;
    const known = this.#counts.get(key);
    if (known) known.count += loss.count;
    else this.#counts.set(key, { ...loss });
  }
}
