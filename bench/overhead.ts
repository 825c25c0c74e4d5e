/** What being watched costs a program. */
import { type Bench, type Context, type Row, Series } from "./bench.ts";
import { withInterval } from "./bootstrap.ts";
import { startLineProcess } from "./line_process.ts";
import { agentSight, available, bare, bpftrace, strace, type Tracer } from "./tracers.ts";
import { build, churn, conversation, type Workload } from "./workloads.ts";

export const overhead: Bench = {
  name: "overhead",
  title: "Overhead",
  method:
    "The same work unwatched, under `agentsight trace` with a recording, under bpftrace that prints the same opens, " +
    "closes, renames, unlinks, execs and ends of the tree to a file, and under `strace -f` of these calls; one after the " +
    "other in turns; strace in every third. A shell is watched that does the work three times, and the third counts: " +
    "what a tracer looks at once for each program, and what V8 compiles, is in the first two; the first is told apart. " +
    "Each ratio is of two runs of one turn, in brackets the 95 % confidence interval of its median (bootstrap). The " +
    "conversation is the sample agent's, three streamed calls over TLS and two tools; its model writes every 50 ms: " +
    "faster on loopback, the 40 ms of a delayed ACK decide how long it takes. The build is make -j2 of 24 C files " +
    "that take the compiler a quarter of a second each, and of 100 that take it a tenth of that: two thirds of such a " +
    "build are starts of programs. The storm opens, renames and unlinks.",
  async run(context) {
    const { dir, quick } = context;
    const rows: Row[] = [];
    const turns = quick ? 1 : 11;
    {
      await using work = await conversation({ dir });
      rows.push(...await compare("conversation", work, { ...context, turns, most: 1.01 }));
    }
    {
      await using work = build({ dir, files: quick ? 3 : 24, functions: 15 });
      rows.push(...await compare("build", work, { ...context, turns, most: 1.03 }));
    }
    {
      await using work = build({ dir, files: quick ? 3 : 100, functions: 1 });
      rows.push(...await compare("build of tiny files", work, { ...context, turns, most: 1.03 }));
    }
    {
      await using work = churn({ dir, cycles: quick ? 500 : 50_000 });
      rows.push(...await compare("storm", work, { ...context, turns, most: null }));
    }
    return rows;
  },
};

interface Comparison extends Context {
  readonly turns: number;
  /** The goal for the ratio of AgentSight's time to the unwatched; null: to be compared with bpftrace. */
  readonly most: number | null;
}

/** Its time is ten times that of the others, and beyond doubt. */
const STRACE_EVERY = 3;

interface Run {
  /** With all that is looked at for the first time. */
  readonly first: number;
  readonly seconds: number;
  /** Of the tracer, while that passed. */
  readonly cpu: number;
}

async function compare(
  name: string,
  work: Workload,
  { dir, quick, turns, most }: Comparison,
): Promise<Row[]> {
  const tracers = available([bare, agentSight, bpftrace, strace]);
  const watched = tracers.slice(1);
  const goal = (t: Tracer) => t === agentSight && most !== null ? { most } : undefined;
  const series = (list: readonly Tracer[], what: (t: Tracer) => Series) =>
    new Map(list.map((t) => [t, what(t)]));
  const ratios = series(watched, (t) => new Series(`${name}: ${t.name} ÷ unwatched`, "×", goal(t)));
  const seconds = series(tracers, (t) => new Series(`${name}: time under ${t.name}`, "s"));
  const first = series(tracers, (t) => new Series(`${name}: time under ${t.name}, just attached`, "s"));
  const cpu = series(watched, (t) => new Series(`${name}: processor time of ${t.name}`, "s"));
  const compared = `${name}: added by AgentSight ÷ added by bpftrace`;
  const added = new Series(compared, "×", most === null ? { most: 1.15 } : undefined);
  // The first turn fills caches, ours of verdicts too.
  for (let turn = quick ? 0 : -1; turn < turns; turn++) {
    const runs = new Map<Tracer, Run>();
    for (const tracer of rotated(tracers, turn + 1)) {
      if (tracer === strace && turn % STRACE_EVERY !== 0) continue;
      runs.set(tracer, await once(work, tracer, dir));
    }
    if (turn < 0) continue;
    const base = runs.get(bare)!.seconds;
    for (const [tracer, run] of runs) {
      ratios.get(tracer)?.add(run.seconds / base);
      seconds.get(tracer)!.add(run.seconds);
      first.get(tracer)!.add(run.first);
      cpu.get(tracer)?.add(run.cpu);
    }
    const other = runs.get(bpftrace);
    if (other) added.add((runs.get(agentSight)!.seconds - base) / (other.seconds - base));
  }
  return [
    ...[...ratios.values()].map(withInterval),
    // Of differences as small as the noise a ratio says nothing.
    ...(most === null && added.samples.length > 0 ? [withInterval(added)] : []),
    ...[seconds, first, cpu].flatMap((map) => [...map.values()].map(({ row }) => row)),
  ];
}

/** The work three times, from a shell that is watched. */
async function once({ args, env = {} }: Workload, tracer: Tracer, dir: string): Promise<Run> {
  const shell = ["sh", "-c", 'echo ready; while read -r _; do "$@" > /dev/null 2>&1; echo "$?"; done', "sh"];
  await using driver = await startLineProcess([...shell, ...args], env);
  const attached = await tracer.attach(driver.pid, dir);
  const timed = async () => {
    const from = performance.now();
    const code = await driver.ask("go");
    if (code !== "0") throw new Error(`Cannot measure: ${args[0]} failed with ${code} under ${tracer.name}`);
    return (performance.now() - from) / 1000;
  };
  const first = await timed();
  await timed();
  const before = attached.cpu();
  const seconds = await timed();
  const cpu = attached.cpu() - before;
  await attached.detach();
  return { first, seconds, cpu };
}

/** So that none is always the one behind another. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
