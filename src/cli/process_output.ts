/** `report processes` as a tree, or a table. */
import type { Micros } from "../event.ts";
import { programOf } from "../store/file_report.ts";
import type { ProcessReport, ReportedProcess } from "../store/process_report.ts";
import { type EffectColumn, type EffectLook, formatEffects, noEffects } from "./effect_notes.ts";
import { bytes, count, dateAndTime, duration, plural } from "./format.ts";
import { cut } from "./terminal.ts";

const NAME_WIDTH = 120;
/** Deeper ones stand at this depth: a line has to have room for a name. */
const DEEPEST = 12;

export function formatProcesses(report: ProcessReport, look: EffectLook): string[] {
  const { processes, kept, by } = report;
  if (processes.length === 0) return noEffects("process", { kept: true, look });
  return formatEffects({
    ...{ columns: columnsOf(by === "tree"), rows: processes, what: "process" },
    notes: kept
      ? []
      : ["An older AgentSight made this recording: it kept no processor time, memory or bytes of processes."],
  }, look);
}

function columnsOf(isTree: boolean): EffectColumn<ReportedProcess>[] {
  const optionalSize = (title: string, optional: number, of: (process: ReportedProcess) => number | null) => (
    {
      ...{
        title,
        align: "right" as const,
        optional,
        cell: (process: ReportedProcess) => orDash(of(process), bytes),
      },
      unless: (process: ReportedProcess) => (of(process) ?? 0) === 0,
    }
  );
  const number = (title: string, optional: number, of: (process: ReportedProcess) => number) => (
    {
      ...{ title, align: "right" as const, optional, cell: (process: ReportedProcess) => count(of(process)) },
      unless: (process: ReportedProcess) => of(process) === 0,
    }
  );
  return [
    { title: "PID", align: "right", cell: ({ pid }) => String(pid) },
    {
      ...{ title: "PROGRAM", shrink: 24 },
      cell: (process) => cut(indent(isTree ? process.depth : 0) + programOf(process), NAME_WIDTH),
    },
    { title: "ENDED", cell: ended },
    { title: "STARTED", optional: 6, cell: ({ start }) => dateAndTime(start as Micros) },
    {
      ...{ title: "TOOK", align: "right", optional: 2 },
      cell: ({ duration_us }) => orDash(duration_us, (us) => duration(us / 1000)),
    },
    {
      ...{ title: "CPU", align: "right", optional: 1, unless: ({ cpu_us }) => cpu_us === null },
      cell: ({ cpu_us }) => orDash(cpu_us, (us) => duration(us / 1000)),
    },
    optionalSize("MEMORY", 4, ({ rss_peak_kb: kb }) => kb === null ? null : kb * 1024),
    optionalSize("READ", 5, ({ read_bytes }) => read_bytes),
    optionalSize("WRITTEN", 5, ({ written_bytes }) => written_bytes),
    number("LLM CALLS", 3, ({ calls }) => calls),
    number("FILES", 4, ({ files }) => files),
    number("CONNECTIONS", 4, ({ connections }) => connections),
    {
      ...{ title: "ALSO", shrink: 16, optional: 3, cell: (process) => cut(also(process), NAME_WIDTH) },
      unless: (process) => also(process) === "",
    },
    {
      ...{ title: "AGENT", shrink: 10, optional: 5, cell: ({ agent }) => cut(agent ?? "", NAME_WIDTH) },
      unless: ({ agent }) => agent === null,
    },
  ];
}

function indent(depth: number): string {
  return "  ".repeat(Math.min(depth, DEEPEST));
}

function orDash(value: number | null, write: (value: number) => string): string {
  return value === null ? "–" : write(value);
}

function ended({ ended, code, signal }: ReportedProcess): string {
  if (ended === null) return "–";
  return signal !== null ? `signal ${signal}` : `exit ${code ?? "?"}`;
}

/** What a process did to itself and to others, where it did. */
function also(process: ReportedProcess): string {
  const { container, credentials, namespaces, traces, signals, memory_files, kernel_code } = process;
  const deeds: readonly (readonly [number | null, string])[] = [
    [credentials, "credential change"],
    [namespaces, "namespace change"],
    [traces, "ptrace"],
    [signals, "signal"],
    [memory_files, "memfd"],
    [kernel_code, "kernel call"],
  ];
  return [
    ...(container === null ? [] : [`in container ${container.slice(0, 12)}`]),
    ...deeds.flatMap(([times, what]) => times === null || times === 0 ? [] : [plural(times, what)]),
  ].join(", ");
}
