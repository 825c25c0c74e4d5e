/** Time ↔ pixels. Times are microseconds, pixels count from the left edge of the plot. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TimeScale extends Span {
  readonly width: number;
}

/** Nothing that is captured is shorter than this. */
export const MIN_SPAN = 100;

export function timeToPx(scale: TimeScale, time: number): number {
  return (time - scale.start) / (scale.end - scale.start) * scale.width;
}

export function pxToTime(scale: TimeScale, px: number): number {
  return scale.start + px / scale.width * (scale.end - scale.start);
}

/** `factor` < 1 shows less time; the time under `px` stays where it is. */
export function zoomAt(scale: TimeScale, { px, factor, bounds }: ZoomOptions): Span {
  const span = scale.end - scale.start;
  const wanted = Math.min(Math.max(span * factor, MIN_SPAN), bounds.end - bounds.start);
  const anchor = pxToTime(scale, px);
  const start = anchor - (anchor - scale.start) * (wanted / span);
  return clampSpan({ start, end: start + wanted }, bounds);
}

export interface ZoomOptions {
  readonly px: number;
  readonly factor: number;
  readonly bounds: Span;
}

/** Moves the window by `px` pixels of content: positive shows later times. */
export function panBy(scale: TimeScale, px: number, bounds: Span): Span {
  const delta = px / scale.width * (scale.end - scale.start);
  return clampSpan({ start: scale.start + delta, end: scale.end + delta }, bounds);
}

/** The same length moved inside `bounds`, or `bounds` when it is longer. */
export function clampSpan(span: Span, bounds: Span): Span {
  const length = span.end - span.start;
  if (length >= bounds.end - bounds.start) return bounds;
  const start = Math.min(Math.max(span.start, bounds.start), bounds.end - length);
  return { start, end: start + length };
}

const STEPS: readonly number[] = [
  ...[1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((unit) => [unit, 2 * unit, 5 * unit]).filter((step) =>
    step <= 2e6
  ),
  ...[5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map((s) => s * 1e6),
];

/** Round times at least `minPx` apart, counted from `origin`. */
export function ticks(scale: TimeScale, origin: number, minPx: number): { step: number; times: number[] } {
  const perPx = (scale.end - scale.start) / scale.width;
  const least = perPx * minPx;
  const day = 86_400e6;
  const step = STEPS.find((step) => step >= least) ?? Math.ceil(least / day) * day;
  const times: number[] = [];
  for (let n = Math.ceil((scale.start - origin) / step); origin + n * step <= scale.end; n++) {
    times.push(origin + n * step);
  }
  return { step, times };
}
