import { type Decoded, decodings } from "./decoded.ts";
import type { LearnedSecrets } from "./learned.ts";
import { merge, type Range } from "./range.ts";
import type { Anchors } from "./rules/anchors.ts";
import { findPrivateKeys } from "./rules/private_key.ts";
import { type Linter, secretlint } from "./secretlint.ts";

/** Linting costs about 0.3 ms a call and 20 ms a MiB: strings are checked together. */
const CHUNK = 1 << 20;
/** Between two strings. No rule's secret contains a NUL, so none is found across two strings. */
const SEPARATOR = "\n\0\n";

/** The ranges of the secrets of one string, or null when it could not be checked. */
export type Verdict = readonly Range[] | null;

export interface ScanOptions {
  readonly learned: LearnedSecrets;
  readonly lint?: Linter;
  readonly rules: Anchors;
}

/** What is joined and searched: a string, or what is behind its escapes. */
interface View {
  readonly text: string;
  readonly of: number;
  readonly decoded: Decoded | null;
}

/** Checks every string; `texts` are best de-duplicated. Never throws: what fails is null in the answer. */
export async function scan(
  texts: readonly string[],
  { learned, lint = secretlint, rules }: ScanOptions,
): Promise<Verdict[]> {
  const views = texts.flatMap((text, of): View[] => [
    { text, of, decoded: null },
    ...decodings(text).map((decoded) => ({ text: decoded.text, of, decoded })),
  ]);
  const found: (Range[] | null)[] = texts.map(() => []);
  for (let from = 0; from < views.length;) {
    let to = from + 1, size = views[from]?.text.length ?? 0;
    while (to < views.length && size + (views[to]?.text.length ?? 0) <= CHUNK) {
      size += views[to++]?.text.length ?? 0;
    }
    const part = views.slice(from, to);
    const verdicts = await scanChunk(part, { learned, lint, rules });
    part.forEach((view, i) => collect(found, view, verdicts[i] ?? null));
    from = to;
  }
  return found.map((ranges) => ranges === null || ranges.length < 2 ? ranges : merge(ranges));
}

function collect(found: (Range[] | null)[], { of, decoded }: View, verdict: Verdict): void {
  const own = found[of];
  if (verdict === null) found[of] = null;
  else if (own) {
    for (const { from, to, kind } of verdict) {
      own.push(
        decoded ? { from: decoded.original(from), to: decoded.original(to), kind } : { from, to, kind },
      );
    }
  }
}

/** When a chunk fails it is halved until the string that does it is alone. */
async function scanChunk(views: readonly View[], options: Required<ScanOptions>): Promise<Verdict[]> {
  try {
    const joined = views.map(({ text }) => text).join(SEPARATOR);
    const own = merge(findOwn(joined, options));
    // Its time is quadratic in what it finds (45 s for 1 MiB of tokens): it sees only what is left.
    return split(views, merge([...own, ...await options.lint(blank(joined, own))]));
  } catch {
    if (views.length === 1) return [null];
    const half = views.length >> 1;
    return [
      ...await scanChunk(views.slice(0, half), options),
      ...await scanChunk(views.slice(half), options),
    ];
  }
}

function findOwn(text: string, { learned, rules }: Required<ScanOptions>): Range[] {
  const found: Range[] = [];
  findPrivateKeys(text, found);
  learned.find(text, found);
  rules.find(text, found);
  return found;
}

/** The same text with blanks for what was found. */
function blank(text: string, ranges: readonly Range[]): string {
  let out = "", at = 0;
  for (const { from, to } of ranges) {
    out += text.slice(at, from) + " ".repeat(to - from);
    at = to;
  }
  return out + text.slice(at);
}

/** Ranges of the joined text as ranges of its strings; what crosses an edge is cut there. */
function split(views: readonly View[], ranges: readonly Range[]): Range[][] {
  let next = 0, start = 0;
  return views.map(({ text }) => {
    const end = start + text.length;
    const own: Range[] = [];
    while (next < ranges.length) {
      const range = ranges[next] as Range;
      if (range.from >= end) break;
      if (range.to > start) {
        own.push({
          from: Math.max(range.from, start) - start,
          to: Math.min(range.to, end) - start,
          kind: range.kind,
        });
      }
      if (range.to > end) break;
      next++;
    }
    start = end + SEPARATOR.length;
    return own;
  });
}
