/** The timeline's state: lanes, the window of time that is shown, and what is selected. */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { CallRow, ProcessRow, Summary } from "../api.ts";
import type { LiveCall } from "./live_calls.ts";
import { processKey, type ProcessNode, type TreeLine, treeLines } from "./process_tree.ts";
import type { Interval } from "./timeline_layout.ts";
import { panBy, type Span, type TimeScale, zoomAt } from "./time_scale.ts";

export const MAX_LANES = 4000;

export interface CallInterval extends Interval {
  readonly id: string;
  /** Null while the answer is still arriving. */
  readonly row: CallRow | null;
  readonly live: LiveCall | null;
}

export interface Lane {
  readonly line: TreeLine;
  readonly calls: readonly CallInterval[];
}

export interface TimelineInputs {
  readonly roots: ReadonlySignal<readonly ProcessNode[]>;
  readonly calls: ReadonlySignal<readonly CallRow[]>;
  readonly live: ReadonlySignal<readonly LiveCall[]>;
  readonly summary: ReadonlySignal<Summary | null>;
}

export class Timeline {
  readonly #inputs: TimelineInputs;
  /** Null: everything there is. */
  readonly #chosen = signal<Span | null>(null);
  readonly #follow = signal(false);
  readonly width = signal(800);

  constructor(inputs: TimelineInputs) {
    this.#inputs = inputs;
  }

  readonly #lines = computed(() =>
    treeLines(this.#inputs.roots.value, { collapsed: new Set(), max: MAX_LANES })
  );

  /** The time of the processes shown, as far as it was recorded, with a little room after the last. */
  readonly extent: ReadonlySignal<Span> = computed(() => {
    const { first_ts, last_ts } = this.#inputs.summary.value ?? { first_ts: 0, last_ts: 0 };
    const begun = Math.min(...this.#inputs.roots.value.map(({ row }) => row.start));
    const first = Math.max(first_ts ?? 0, Number.isFinite(begun) ? begun : 0);
    const ended = this.#lines.value.reduce((end, { node }) => Math.max(end, node.row.ended ?? Infinity), 0);
    const last = Math.max(ended > 0 ? Math.min(ended, last_ts ?? 0) : last_ts ?? 0, first + 1000);
    return { start: first, end: last + Math.ceil((last - first) / 50) };
  });

  readonly #callsByProcess = computed(() => {
    const now = this.extent.value.end;
    const done = this.#inputs.calls.value.map((row) => ({ process: processKey(row), call: finished(row) }));
    const live = this.#inputs.live.value.map((call) => ({
      process: processKey(call),
      call: { id: call.id, row: null, live: call, start: call.since, end: now },
    }));
    return Map.groupBy([...done, ...live], ({ process }) => process);
  });

  /** No process is known, at any time. */
  readonly empty: ReadonlySignal<boolean> = computed(() => this.#lines.value.length === 0);

  /** A lane for each process that was there in the window's time, parents before their children. */
  readonly lanes: ReadonlySignal<readonly Lane[]> = computed(() => {
    const { start, end } = this.window.value;
    const shown = this.#lines.value.filter(({ node: { row } }) =>
      row.start <= end && (row.ended ?? Infinity) >= start
    );
    return shown.map((line) => {
      const calls = this.#callsByProcess.value.get(line.node.key) ?? [];
      return { line, calls: calls.map(({ call }) => call) };
    });
  });

  readonly window: ReadonlySignal<Span> = computed(() => {
    const chosen = this.#chosen.value;
    const extent = this.extent.value;
    if (chosen === null) return extent;
    if (!this.#follow.value) return chosen;
    return { start: extent.end - (chosen.end - chosen.start), end: extent.end };
  });

  readonly scale: ReadonlySignal<TimeScale> = computed(() => ({
    ...this.window.value,
    width: this.width.value,
  }));

  /** Everything is shown, whatever comes. */
  readonly fitted: ReadonlySignal<boolean> = computed(() => this.#chosen.value === null);

  /** The window's end keeps up with the last event. */
  get following(): ReadonlySignal<boolean> {
    return this.#follow;
  }

  fit(): void {
    batch(() => {
      this.#chosen.value = null;
      this.#follow.value = false;
    });
  }

  setFollow(follow: boolean): void {
    batch(() => {
      this.#chosen.value = follow ? this.#chosen.peek() ?? this.window.peek() : this.window.peek();
      this.#follow.value = follow;
    });
  }

  /** `px` from the left edge of the plot; the middle when missing. */
  zoom(factor: number, px: number = this.width.peek() / 2): void {
    const at = this.#follow.peek() ? this.width.peek() : px;
    this.#chosen.value = zoomAt(this.scale.peek(), { px: at, factor, bounds: this.extent.peek() });
  }

  pan(px: number): void {
    if (this.#chosen.peek() === null || px === 0) return;
    batch(() => {
      this.#chosen.value = panBy(this.scale.peek(), px, this.extent.peek());
      this.#follow.value = false;
    });
  }

  /** Moves the window, without zooming, so that the time is in it. */
  reveal(time: number): void {
    const { start, end } = this.window.peek();
    if (time >= start && time <= end) return;
    const scale = this.scale.peek();
    this.pan((time - (start + end) / 2) / (end - start) * scale.width);
  }
}

function finished(row: CallRow): CallInterval {
  const { start, duration_ms } = row.timing;
  return { id: row.id, row, live: null, start, end: start + duration_ms * 1000 };
}

/** The time a process was there; it lasts until now when it has not ended. */
export function processInterval(row: ProcessRow, now: number): Interval & { readonly key: string } {
  return { key: processKey(row), start: row.start, end: row.ended ?? now };
}
