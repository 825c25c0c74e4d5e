import { PLACEHOLDER } from "./placeholder.ts";

/** A secret at [from, to) of a string. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

/** Sorted and without overlaps; where two overlap the earlier one names the kind. */
export function merge(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = out.at(-1);
    if (last === undefined || range.from >= last.to) out.push(range);
    else if (range.to > last.to) out[out.length - 1] = { ...last, to: range.to };
  }
  return out;
}

/** Replaces the (merged) ranges of `text`, but never any part of what is a placeholder already. */
export function replaceRanges(
  text: string,
  ranges: readonly Range[],
  name: (kind: string, secret: string) => string,
): string {
  const placed = [...text.matchAll(PLACEHOLDER)].map((found) =>
    [found.index, found.index + found[0].length] as const
  );
  let out = "", at = 0, next = 0;
  for (const { from, to, kind } of ranges) {
    let start = from;
    while (start < to) {
      while (next < placed.length && (placed[next]?.[1] ?? 0) <= start) next++;
      const [held, free] = placed[next] ?? [Infinity, Infinity];
      const end = Math.min(to, held);
      if (end > start) {
        out += text.slice(at, start) + name(kind, text.slice(start, end));
        at = end;
      }
      start = Math.max(end, free < to ? free : to);
    }
  }
  return out + text.slice(at);
}
