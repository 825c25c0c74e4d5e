/**
 * Which error codes a function of BoringSSL or aws-lc reports: `OPENSSL_PUT_ERROR` is a call of
 * `ERR_put_error(library, unused, reason, file, line)`. Link-time optimisation may drop the unused argument, so that
 * where the reason is passed is learnt from all calls that name a file.
 */
import type { Analysis, NamedString, Report } from "./analysis.ts";
import { hex } from "../hex.ts";
import type { Walk } from "./walk.ts";

const MIN_REPORTS = 4;
/** The share of reports that must agree. */
const AGREEMENT = 0.8;
const MAX_LINE = 20_000;

export interface ErrorFunction {
  readonly walk: Walk;
  readonly reasons: ReadonlySet<number>;
  /** Source lines of its reports, where they are constants; the order of functions in the file. */
  readonly lines: readonly number[];
}

export interface ErrorReports {
  readonly functions: readonly ErrorFunction[];
  /** Sentences for a human. */
  readonly evidence: readonly string[];
}

/** Null when the calls that are passed the file do not agree on how. */
export function errorReports(analysis: Analysis, file: NamedString, library: number): ErrorReports | null {
  const { walks, unknown } = analysis.functions(file);
  const addresses = new Set([file.address]);
  const all = [...walks].flatMap((walk) => analysis.reports(walk, addresses))
    .filter((report) => report.arguments[0] === library);
  const ways = Map.groupBy(
    all,
    (report) => `${report.site.target} ${report.arguments.indexOf(file.address)}`,
  );
  const [way] = [...ways.values()].sort((a, b) => b.length - a.length);
  if (!way || way.length < MIN_REPORTS || way.length < all.length * AGREEMENT) return null;
  const [{ site, arguments: given }] = way as [Report];
  const at = given.indexOf(file.address);
  if (at < 2) return null;
  const functions: ErrorFunction[] = [];
  for (const [walk, reports] of Map.groupBy(way, (report) => report.function)) {
    const reasons = reports.map((report) => report.arguments[at - 1]);
    const lines = reports.map((report) => report.arguments[at + 1]).filter((line) => line !== undefined);
    if (reasons.some((reason) => reason === undefined) || lines.some((line) => line < 0 || line > MAX_LINE)) {
      continue;
    }
    functions.push({
      walk,
      reasons: new Set(reasons as number[]),
      lines: [...new Set(lines)].sort((a, b) => a - b),
    });
  }
  return {
    functions,
    evidence: [
      `"${file.text}" at ${hex(file.address)}, ${file.references.length} code references` +
      (unknown > 0 ? `, ${unknown} of them in no function that could be told` : ""),
      `errors are reported by ${hex(site.target ?? 0)} with argument ${at} = reason, ${at + 1} = that file` +
      ` (learnt from ${way.length} of ${all.length} calls)`,
    ],
  };
}

export function sameReasons({ reasons }: ErrorFunction, wanted: readonly number[]): boolean {
  return reasons.size === wanted.length && wanted.every((reason) => reasons.has(reason));
}

export function hasReasons({ reasons }: ErrorFunction, wanted: readonly number[]): boolean {
  return wanted.every((reason) => reasons.has(reason));
}

/** The function, when there is one; else what is wrong, as a clause. */
export function theOne(alike: readonly ErrorFunction[], name: string): ErrorFunction | string {
  const [one, ...others] = alike;
  if (!one) return `no function looks like ${name}`;
  return others.length === 0 ? one : `${alike.length} functions look like ${name}`;
}

export function describe({ reasons, lines }: ErrorFunction): string {
  return `the one function with error reasons {${[...reasons].join(", ")}}, at source lines ${
    lines.join(", ")
  }`;
}
