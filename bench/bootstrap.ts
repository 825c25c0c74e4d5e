/** How far a median may be off: a percentile bootstrap, the same for the same samples. */
import { median, type Row, type Series } from "./bench.ts";

const RESAMPLES = 2000;

/** The 95 % confidence interval of the median. */
export function medianInterval(samples: readonly number[]): [low: number, high: number] {
  const random = mulberry32(samples.length);
  const draw = () => samples[Math.floor(random() * samples.length)]!;
  const medians = Array.from({ length: RESAMPLES }, () => median(samples.map(draw))).sort((a, b) => a - b);
  return [medians[Math.floor(RESAMPLES * 0.025)]!, medians[Math.ceil(RESAMPLES * 0.975) - 1]!];
}

/** A series as a row, with that interval. */
export function withInterval({ row }: Series): Row {
  return { ...row, interval: medianInterval(row.samples) };
}

/** A small generator of numbers from 0 to 1, by Tommy Ettinger; public domain. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let bits = Math.imul(state ^ state >>> 15, 1 | state);
    bits = bits + Math.imul(bits ^ bits >>> 7, 61 | bits) ^ bits;
    return ((bits ^ bits >>> 14) >>> 0) / 4294967296;
  };
}
