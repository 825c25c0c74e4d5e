/** What every benchmark is and yields. */

export interface Context {
  /** A smoke run: small, for a test; its numbers mean nothing. */
  readonly quick: boolean;
  /** Built helper programs and scratch files; removed afterwards. */
  readonly dir: string;
}

/** One measured quantity with every sample. A ratio's samples are the ratios of pairs taken right after each other. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly samples: readonly number[];
  /** 95 % confidence interval of the median. */
  readonly interval?: readonly [low: number, high: number];
  /** A goal for the median. */
  readonly goal?: { readonly least: number } | { readonly most: number };
}

export interface Bench {
  readonly name: string;
  readonly title: string;
  /** How it is measured, in a sentence or two. */
  readonly method: string;
  run(context: Context): Promise<Row[]>;
}

/** A row that is collected sample by sample. */
export class Series {
  readonly samples: number[] = [];
  readonly #row: Omit<Row, "samples">;

  constructor(what: string, unit: string, goal?: Row["goal"]) {
    this.#row = { what, unit, ...(goal ? { goal } : {}) };
  }

  add(sample: number): void {
    this.samples.push(sample);
  }

  get row(): Row {
    return { ...this.#row, samples: this.samples.map((s) => Number(s.toPrecision(6))) };
  }
}

/** `q` from 0 to 1, nearest rank. NaN for no samples. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
