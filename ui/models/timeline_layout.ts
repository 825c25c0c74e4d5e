/** What a lane of the timeline shows at one zoom: pure geometry, bounded in number. */
import { type TimeScale, timeToPx } from "./time_scale.ts";

export type MarkKind = "write" | "connect" | "remove" | "mcp";

export interface Mark {
  readonly seq: number;
  readonly ts: number;
  readonly kind: MarkKind;
  readonly label: string;
}

export interface Interval {
  readonly start: number;
  readonly end: number;
}

export interface Bar<T> {
  readonly value: T;
  readonly x: number;
  readonly width: number;
  /** From 0; overlapping bars get different ones. */
  readonly track: number;
  /** How many tracks the bars that overlap need together. */
  readonly tracks: number;
}

export interface Cluster {
  readonly x: number;
  readonly kind: MarkKind;
  readonly marks: readonly Mark[];
}

/** No bar is thinner than a pointer can meet. */
const MIN_BAR_PX = 3;
const MAX_TRACKS = 3;

/** The bars that touch the window, cut to it. Bars that overlap share the height, on up to three tracks. */
export function layoutBars<T extends Interval>(values: readonly T[], scale: TimeScale): readonly Bar<T>[] {
  const visible = values.filter(({ start, end }) => end >= scale.start && start <= scale.end);
  const bars: Bar<T>[] = [];
  for (const group of overlapGroups(visible)) {
    const ends: number[] = [];
    const placed = group.map((value) => {
      const free = ends.findIndex((end) => end <= value.start);
      const track = free === -1 ? Math.min(ends.length, MAX_TRACKS - 1) : free;
      ends[track] = Math.max(ends[track] ?? -Infinity, value.end);
      return { value, track };
    });
    for (const { value, track } of placed) {
      const x = Math.max(timeToPx(scale, value.start), -2);
      const right = Math.min(timeToPx(scale, value.end), scale.width + 2);
      bars.push({ value, x, width: Math.max(right - x, MIN_BAR_PX), track, tracks: ends.length });
    }
  }
  return bars;
}

/** Runs of intervals, by start, where each begins before all earlier ones of its run have ended. */
function overlapGroups<T extends Interval>(values: readonly T[]): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let group: T[] = [];
  let end = -Infinity;
  for (const value of values.toSorted((a, b) => a.start - b.start)) {
    if (value.start >= end) groups.push(group = []);
    group.push(value);
    end = Math.max(end, value.end);
  }
  return groups;
}

/** Bars that are narrower than a pixel and follow each other are one bar. Keeps the first of each. */
export function thinBars<T>(bars: readonly Bar<T>[], gapPx: number): readonly Bar<T>[] {
  const lastEnd = new Map<number, number>();
  return bars.filter((bar) => {
    const end = lastEnd.get(bar.track) ?? -Infinity;
    if (bar.width <= MIN_BAR_PX && bar.x < end + gapPx) return false;
    lastEnd.set(bar.track, bar.x + bar.width);
    return true;
  });
}

/** Marks of one kind within `binPx` pixels are one cluster. Bins stand still while the window moves. */
export function clusterMarks(
  marks: readonly Mark[],
  { scale, binPx }: { readonly scale: TimeScale; readonly binPx: number },
): readonly Cluster[] {
  const binTime = binPx * (scale.end - scale.start) / scale.width;
  const bins = new Map<string, Mark[]>();
  for (const mark of marks) {
    if (mark.ts < scale.start || mark.ts > scale.end) continue;
    const key = `${mark.kind} ${Math.floor(mark.ts / binTime)}`;
    const bin = bins.get(key);
    if (bin === undefined) bins.set(key, [mark]);
    else bin.push(mark);
  }
  return [...bins.values()].flatMap((bin) => {
    const first = bin[0];
    return first === undefined ? [] : [{ x: timeToPx(scale, first.ts), kind: first.kind, marks: bin }];
  });
}

/** The smallest bin of 8, 16, 32 … pixels with which all lanes together have at most `max` clusters. */
export function clusterLanes(
  lanes: readonly (readonly Mark[])[],
  { scale, max }: { readonly scale: TimeScale; readonly max: number },
): readonly (readonly Cluster[])[] {
  for (let binPx = 8;; binPx *= 2) {
    const clusters = lanes.map((marks) => clusterMarks(marks, { scale, binPx }));
    if (binPx >= scale.width || clusters.reduce((sum, lane) => sum + lane.length, 0) <= max) return clusters;
  }
}
