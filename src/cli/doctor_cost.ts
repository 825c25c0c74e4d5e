/** `doctor --cost`: what the trace that runs costs, by the kernel's own statistics. */
import { BpfInfo, measureRunTime } from "../../ffi/bpf_info.ts";
import { openLibbpf } from "../../ffi/libbpf.ts";
import { openLibc } from "../../ffi/libc.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { bytes, count, plural } from "./format.ts";
import { runningInstances } from "./instances.ts";
import { checkCanCapture } from "./preflight.ts";
import { print, say } from "./print.ts";
import { type Column, formatTable } from "./table.ts";
import { type Colors, colorsFor, plain, reportWidth } from "./terminal.ts";
import { measureCost, type TraceCost } from "./trace_cost.ts";

const MAPS_SHOWN = 8;

/** Exit code 0; throws when nothing runs that could be measured. */
export async function doctorCost(
  { json, forMs }: { readonly json?: true; readonly forMs: number },
): Promise<number> {
  checkCanCapture("agentsight doctor --cost");
  const pids = instances();
  if (pids.length === 0) {
    throw new CliError(
      "No trace runs whose cost could be measured. Start one in another terminal: sudo agentsight trace",
      { code: ExitCode.cannotCapture },
    );
  }
  const libs = { lib: openLibbpf(), libc: openLibc() };
  using _on = measureRunTime(libs);
  const info = new BpfInfo(libs);
  if (!json) say(`measuring ${plural(pids.length, "trace")} for ${forMs / 1000} s`);
  const elapsed = new Promise<void>((resolve) => setTimeout(resolve, forMs));
  const costs = await Promise.all(pids.map((pid) => measureCost(pid, { info, wait: () => elapsed })));
  if (json) print(JSON.stringify(costs, null, 2));
  else costs.forEach((cost) => print(formatCost(cost, look()).join("\n")));
  return ExitCode.ok;
}

function instances(): number[] {
  try {
    return runningInstances();
  } catch {
    return [];
  }
}

interface Look {
  readonly width: number;
  readonly colors: Colors;
}

function look(): Look {
  return { width: reportWidth(), colors: colorsFor(Deno.stdout.isTerminal()) };
}

export function formatCost(cost: TraceCost, { width, colors: c }: Look): string[] {
  const ran = cost.programs.filter(({ runs }) => runs > 0);
  const idle = cost.programs.length - ran.length;
  const right = (title: string): Column => ({ title, align: "right" });
  const programs = formatTable({
    columns: [{ title: "PROGRAM" }, right("RUNS"), right("RUNS/S"), right("NS/RUN"), right("% OF A CORE")],
    rows: ran.map(({ name, runs, ns_per_run, percent_of_core }) => [
      plain(name),
      count(runs),
      count(Math.round(runs / cost.seconds)),
      count(ns_per_run ?? 0),
      share(percent_of_core),
    ]),
    total: ["all", count(sum(ran, "runs")), "", "", share(cost.percent_of_core)],
  }, { width, colors: c });
  const maps = formatTable({
    columns: [{ title: "MAP" }, right("ENTRIES"), right("MEMORY")],
    rows: cost.maps.slice(0, MAPS_SHOWN).map(({ name, ring, max_entries, bytes: size }) => [
      plain(name),
      ring ? "ring" : count(max_entries),
      bytes(size),
    ]),
    total: ["all", count(cost.maps.length), bytes(cost.map_bytes + cost.ring_bytes)],
  }, { width, colors: c });
  const missed = sum(cost.programs, "missed");
  return [
    `${c.bold(`trace, process ${cost.pid}`)}, ${cost.seconds.toFixed(1)} s`,
    "",
    ...programs.lines,
    ...(idle > 0 ? [c.dim(`${plural(idle, "program")} did not run.`)] : []),
    ...(missed > 0 ? [c.yellow(`${plural(missed, "call")} left out: the program ran there already.`)] : []),
    "",
    `in user space: ${share(cost.process_percent_of_core)} % of a core (reading, decoding, keeping)`,
    "",
    ...maps.lines,
    c.dim("The kernel's clock around every run costs too: without it all runs are a little shorter."),
  ];
}

function share(percent: number): string {
  return percent >= 10 ? percent.toFixed(0) : percent.toFixed(percent >= 1 ? 1 : 3);
}

function sum<K extends string>(list: readonly Readonly<Record<K, number>>[], key: K): number {
  return list.reduce((total, one) => total + one[key], 0);
}
