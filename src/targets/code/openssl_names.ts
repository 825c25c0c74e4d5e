/**
 * Under which names the functions of OpenSSL's ssl_lib.c report errors. In 3, `ERR_set_debug(file, line, function)` is
 * given the name; in 1.1, `ERR_put_error(library, function, reason, file, line)` is given a number for it.
 */
import type { Analysis, NamedString, Report } from "./analysis.ts";
import { hex } from "../hex.ts";
import type { Walk } from "./walk.ts";

/** The numbers are 1.1's SSL_F_..., part of its interface. */
const functionNumbers = new Map([
  ["SSL_write", 208],
  ["SSL_read", 223],
  ["ssl_write_internal", 524],
  ["ssl_read_internal", 523],
  ["ssl_start_async_job", 389],
  ["SSL_do_handshake", 180],
  ["SSL_new", 186],
]);
export const reportingNames: readonly string[] = [...functionNumbers.keys()];
const ERR_LIB_SSL = 20;
const MIN_REPORTS = 8;

export interface Reporters {
  /** The functions that report errors under a name, by it. */
  readonly byName: ReadonlyMap<string, ReadonlySet<Walk>>;
  /** Functions that report errors under names that were not looked for. */
  readonly others: ReadonlySet<Walk>;
  readonly evidence: string;
  /** How errors are reported under a name. */
  readonly describe: (name: string) => string;
}

/** Null when what refers to the file's name does not report errors with it. */
export function reportersOf(analysis: Analysis, file: NamedString): Reporters | null {
  const names = analysis.strings.filter(({ name, text }) => functionNumbers.has(name) && name === text);
  const walks = new Set([file, ...names].flatMap((string) => [...analysis.functions(string).walks]));
  const reports = [...walks].flatMap((walk) => analysis.reports(walk, new Set([file.address])));
  const three = reports.filter(({ arguments: given }) => given[0] === file.address);
  const one = reports.filter(({ arguments: given }) => given[0] === ERR_LIB_SSL && given[3] === file.address);
  if (Math.max(three.length, one.length) < MIN_REPORTS) return null;
  if (three.length > one.length) {
    const nameAt = new Map(names.map(({ address, name }) => [address, name]));
    return {
      ...group(three, ({ arguments: given }) => nameAt.get(given[2] ?? 0)),
      evidence: `OpenSSL 3: ${three.length} calls are given the file first and their function's name third`,
      describe: (name) => {
        const at = names.filter((string) => string.name === name).map(({ address }) => hex(address));
        return `"${name}", a string at ${at.join(", ")}`;
      },
    };
  }
  const nameOf = new Map([...functionNumbers].map(([name, number]) => [number, name]));
  return {
    ...group(one, ({ arguments: given }) => nameOf.get(given[1] ?? 0)),
    evidence: `OpenSSL 1.1: ${one.length} calls are given library ${ERR_LIB_SSL} first and the file fourth`,
    describe: (name) => `${functionNumbers.get(name)}, which is ${name}`,
  };
}

function group(reports: readonly Report[], nameOf: (report: Report) => string | undefined) {
  const byName = new Map<string, Set<Walk>>();
  const others = new Set<Walk>();
  for (const report of reports) {
    const name = nameOf(report);
    if (name === undefined) others.add(report.function);
    else byName.set(name, (byName.get(name) ?? new Set()).add(report.function));
  }
  return { byName, others };
}

/** The function that reports under that name, when no other does, and it under no other public name. */
export function onlyReporter({ byName }: Reporters, name: string): Walk | string {
  const [walk, ...others] = byName.get(name) ?? [];
  if (!walk) return `no function reports errors as ${name}`;
  if (others.length > 0) return `${others.length + 1} functions report errors as ${name}`;
  const second = publicNames(byName, walk).find((other) => other !== name);
  return second === undefined ? walk : `${name} and ${second} are one function`;
}

export function publicNames(byName: Reporters["byName"], walk: Walk): string[] {
  return [...byName].filter(([name, of]) => name.startsWith("SSL_") && of.has(walk)).map(([name]) => name);
}
