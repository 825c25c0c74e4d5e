import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { creator } from "@secretlint/rules";
import type { LearnedSecrets } from "./learned.ts";
import { findPrivateKeys } from "./private_key.ts";
import { merge, type Range } from "./range.ts";
import { RULES } from "./rules.ts";

/** Linting costs about 0.3 ms a call and 20 ms a MiB: strings are checked together. */
const CHUNK = 1 << 20;
/** Between two strings. No rule's secret contains a NUL, so none is found across two strings. */
const SEPARATOR = "\n\0\n";
const SCOPE = "@secretlint/secretlint-rule-";

export type Linter = (text: string) => Promise<readonly Range[]>;

/** The ranges of the secrets of one string, or null when it could not be checked. */
export type Verdict = readonly Range[] | null;

/** Checks every string; `texts` are best de-duplicated. Never throws: what fails is null in the answer. */
export async function scan(
  texts: readonly string[],
  { learned, lint = secretlint }: { learned: LearnedSecrets; lint?: Linter },
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let from = 0; from < texts.length;) {
    let to = from + 1, size = texts[from]?.length ?? 0;
    while (to < texts.length && size + (texts[to]?.length ?? 0) <= CHUNK) size += texts[to++]?.length ?? 0;
    for (const verdict of await scanChunk(texts.slice(from, to), learned, lint)) verdicts.push(verdict);
    from = to;
  }
  return verdicts;
}

/** When a chunk fails it is halved until the string that does it is alone. */
async function scanChunk(
  texts: readonly string[],
  learned: LearnedSecrets,
  lint: Linter,
): Promise<Verdict[]> {
  try {
    const joined = texts.join(SEPARATOR);
    return split(texts, merge([...await lint(joined), ...findOwn(joined, learned)]));
  } catch {
    if (texts.length === 1) return [null];
    const half = texts.length >> 1;
    return [
      ...await scanChunk(texts.slice(0, half), learned, lint),
      ...await scanChunk(texts.slice(half), learned, lint),
    ];
  }
}

function findOwn(text: string, learned: LearnedSecrets): Range[] {
  const found: Range[] = [];
  findPrivateKeys(text, found);
  learned.find(text, found);
  for (const { kind, pattern } of RULES) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const to = match.index + match[0].length;
      const end = tokenEnd(text, to);
      found.push({ from: to - (match[1] ?? match[0]).length, to: end, kind });
      pattern.lastIndex = end;
    }
  }
  return found;
}

/** A token longer than its rule's bound is still one secret. */
function tokenEnd(text: string, to: number): number {
  let end = to;
  while (end < text.length && isTokenChar(text.charCodeAt(end))) end++;
  return end;
}

function isTokenChar(code: number): boolean {
  return code >= 48 && code <= 57 || code >= 65 && code <= 90 || code >= 97 && code <= 122 ||
    code === 45 || code === 95;
}

/** Ranges of the joined text as ranges of its strings; what crosses an edge is cut there. */
function split(texts: readonly string[], ranges: readonly Range[]): Range[][] {
  let next = 0, start = 0;
  return texts.map((text) => {
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

/** The preset, without the rule that lets a `secretlint-disable` comment in hostile text switch it off. */
const CONFIG = {
  rules: [{
    id: "preset",
    rule: creator,
    options: {},
    rules: [
      { id: `${SCOPE}aws`, options: { enableIDScanRule: true } },
      { id: `${SCOPE}filter-comments`, disabled: true },
    ],
  }],
} as unknown as Parameters<typeof lintSource>[0]["options"]["config"];

export async function secretlint(text: string): Promise<Range[]> {
  // On by default, and it keeps an entry for every rule and call for ever.
  secretLintProfiler.setEnabled(false);
  const result = await lintSource({
    source: { content: text, filePath: "/text.txt", ext: ".txt", contentType: "text" },
    options: { config: CONFIG, noPhysicFilePath: true, maskSecrets: false },
  });
  return result.messages.map(({ range, ruleId }) => ({
    from: range[0],
    to: range[1],
    kind: ruleId.startsWith(SCOPE) ? ruleId.slice(SCOPE.length) : "secret",
  }));
}
