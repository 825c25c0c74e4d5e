/** Events against what strace calls for: process by process, each thread's in order. */
import type { Event } from "../../src/event.ts";
import { differences, type Expected } from "./expected_event.ts";
import type { TracedProcess } from "./strace_processes.ts";

/** Told by AgentSight of itself, or out of several events. */
const derived = new Set(["coverage", "loss", "resource", "net.peer", "net.host", "process.running"]);

export interface Comparison {
  readonly matched: number;
  /** A line each, with the line of strace's log. */
  readonly missing: readonly string[];
  readonly invented: readonly string[];
  readonly different: readonly string[];
}

export function compare(events: readonly Event[], processes: readonly TracedProcess[]): Comparison {
  const result = { matched: 0, missing: [] as string[], invented: [] as string[], different: [] as string[] };
  for (const { events: actual, expected } of lives(events, processes)) add(result, actual, expected);
  const traced = new Set(processes.map(({ pid }) => pid));
  // strace tries out what the kernel can do in processes of its own.
  const others = events.filter(({ pid, kind, comm }) =>
    !traced.has(pid) && !derived.has(kind) && comm !== "strace"
  );
  result.invented.push(...others.map((event) => told(event)));
  return result;
}

/** The events of each process: a pid that was given again is another's. */
export function lives(
  events: readonly Event[],
  processes: readonly TracedProcess[],
): { readonly expected: readonly Expected[]; readonly events: readonly Event[] }[] {
  const own = Map.groupBy(events.filter(({ kind }) => !derived.has(kind)), ({ pid }) => pid);
  return [...Map.groupBy(processes, ({ pid }) => pid)].flatMap(([pid, sharers]) => {
    const byStart = Map.groupBy(own.get(pid) ?? [], ({ start }) => start);
    const starts = [...byStart].toSorted(([a], [b]) => a - b).map(([, one]) => one);
    return Array.from({ length: Math.max(starts.length, sharers.length) }, (_, index) => {
      const life = sharers[index];
      const events = starts[index] ?? [];
      if (!life) return { expected: [], events };
      // What strace did before it became the program is not in its log.
      const from = life.parent ? 0 : events.findIndex(({ kind }) => kind === "process.exec");
      return { expected: life.expected, events: events.slice(Math.max(from, 0)) };
    });
  });
}

function add(
  result: { matched: number; missing: string[]; invented: string[]; different: string[] },
  events: readonly Event[],
  expected: readonly Expected[],
): void {
  let left = [...events];
  const take = (pairs: readonly (readonly [Event, Expected])[]): void => {
    for (const [event, one] of pairs) note(result, event, one);
    const taken = new Set(pairs.map(([event]) => event));
    left = left.filter((event) => !taken.has(event));
  };
  // Those without a certain place first, as far as they are as they should be.
  let loose = expected.filter((one) => !one.ordered);
  const open: Expected[] = [];
  const find = (fits: (event: Event, one: Expected) => boolean): void => {
    loose = loose.filter((one) => {
      const event = left.find((event) => event.kind === one.kind && fits(event, one));
      if (event) take([[event, one]]);
      return !event;
    });
  };
  find(isEqual);
  for (const [tid, wanted] of Map.groupBy(expected.filter((one) => one.ordered), (one) => one.tid)) {
    const pairs = align(left.filter((event) => event.tid === tid && event.kind !== "process.exit"), wanted);
    take(pairs);
    const met = new Set(pairs.map(([, one]) => one));
    open.push(...wanted.filter((one) => !met.has(one)));
  }
  find(isAbout);
  for (const one of [...open, ...loose]) {
    if (!one.optional) result.missing.push(`line ${one.line}: ${one.kind} ${told(one.fields)}`);
  }
  result.invented.push(...left.map((event) => told(event)));
}

function isEqual(event: Event, one: Expected): boolean {
  return differences(event, one).length === 0;
}

/** Of the same file or address. */
function isAbout(event: Event, one: Expected): boolean {
  return !differences(event, one).some((key) => ["path", "addr", "port", "from"].includes(key));
}

function note(result: { matched: number; different: string[] }, event: Event, one: Expected): void {
  result.matched++;
  const keys = differences(event, one);
  if (keys.length === 0) return;
  const actual = new Map<string, unknown>(Object.entries(event));
  const both = keys.map((key) => `${key}: ${told(actual.get(key))}, not ${told(one.fields[key])}`);
  result.different.push(`line ${one.line}: ${one.kind} ${told(one.fields["path"] ?? "")} ${both.join("; ")}`);
}

function told(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

/** The longest common order of equal kinds, weighed by how alike they are (Needleman and Wunsch). */
function align(events: readonly Event[], expected: readonly Expected[]): [Event, Expected][] {
  const width = expected.length + 1;
  const score = new Float64Array((events.length + 1) * width);
  const alike = (event: Event, one: Expected) => {
    if (event.kind !== one.kind) return 0;
    // Squared, so that one that is as it should be outweighs two that are alike.
    return (1 + Object.keys(one.fields).length - differences(event, one).length) ** 2;
  };
  for (let i = events.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      const worth = alike(events[i]!, expected[j]!);
      const pair = worth === 0 ? 0 : worth + score[(i + 1) * width + j + 1]!;
      score[i * width + j] = Math.max(pair, score[(i + 1) * width + j]!, score[i * width + j + 1]!);
    }
  }
  const pairs: [Event, Expected][] = [];
  for (let i = 0, j = 0; i < events.length && j < expected.length;) {
    const here = score[i * width + j]!;
    if (here === score[i * width + j + 1]) j++;
    else if (here === score[(i + 1) * width + j]) i++;
    else pairs.push([events[i++]!, expected[j++]!]);
  }
  return pairs;
}
