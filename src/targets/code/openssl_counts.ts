/**
 * SSL_read_ex and SSL_write_ex report no errors themselves: they hand their four arguments on to the internal function
 * that also does the work of SSL_read or SSL_write, or carry a copy of it. From 3.3, the one that writes takes flags (0)
 * before the last argument, and SSL_write_ex may reach it through SSL_write_ex2, which has flags too.
 */
import type { Analysis } from "./analysis.ts";
import { publicNames, type Reporters } from "./openssl_names.ts";
import { argument, type Walk } from "./walk.ts";

/** ssl_lib.c is less than 64 KiB of code; a linker may put a little between. */
const SAME_FILE_BYTES = 512 << 10;
const fourArguments = [0, 1, 2, 3].map(argument);
const withFlags = [argument(0), argument(1), argument(2), 0, argument(3)];
const countIsFifth = [argument(0), argument(1), argument(2), argument(4)];

/** The function of that kind; or why there is none to be told, as a clause. */
export function counting(
  analysis: Analysis,
  { reporters, internal, name }: { reporters: Reporters; internal: string; name: string },
): Walk | string {
  const workers = [...reporters.byName.get(internal) ?? []];
  const [worker] = workers;
  if (!worker) return `no function reports errors as ${internal}`;
  const alone = workers.length === 1 && publicNames(reporters.byName, worker).length === 0;
  const alike = alone ? callers(analysis, { reporters, worker }) : copies(analysis, { reporters, workers });
  const [one, ...others] = alike;
  if (!one) return `no function looks like ${name}`;
  return others.length === 0 ? one : `${alike.length} functions look like ${name}`;
}

function callers(analysis: Analysis, { reporters, worker }: { reporters: Reporters; worker: Walk }): Walk[] {
  const silent = (walk: Walk) =>
    !reporters.others.has(walk) && [...reporters.byName.values()].every((of) => !of.has(walk));
  const calling = (target: number, given: readonly number[]) =>
    analysis.callersNear(target, SAME_FILE_BYTES).filter((walk) =>
      silent(walk) &&
      walk.sites.some((site) => site.target === target && isGiven(analysis.arguments(site), given))
    );
  const straight = calling(worker.entry, fourArguments);
  if (handsOn(analysis, worker, fourArguments)) return straight;
  if (!handsOn(analysis, worker, countIsFifth)) return [];
  return [worker, ...straight].flatMap(({ entry }) => calling(entry, withFlags));
}

/** Functions with a copy of the internal one, which answers -1 where these answer 0. */
function copies(
  analysis: Analysis,
  { reporters: { byName, others }, workers }: { reporters: Reporters; workers: readonly Walk[] },
): Walk[] {
  return workers.filter((walk) =>
    !others.has(walk) && publicNames(byName, walk).length === 0 && !walk.givesMinusOne &&
    handsOn(analysis, walk, fourArguments)
  );
}

/** Whether the work is left to the protocol's method, a pointer, with these arguments. */
function handsOn(analysis: Analysis, walk: Walk, given: readonly number[]): boolean {
  return walk.sites.some((site) => site.target === undefined && isGiven(analysis.arguments(site), given));
}

function isGiven(call: readonly (number | undefined)[], wanted: readonly number[]): boolean {
  return wanted.every((value, i) => call[i] === value);
}
