/** Every process: what it ran, used and did. */
import type { DatabaseSync } from "node:sqlite";
import { keyOf, type KnownProcess, ProcessTrees } from "./process_trees.ts";
import type { Recorded } from "./recorded.ts";
import type { ReportFilter } from "./report_filter.ts";

export const PROCESSES_BY = ["tree", "cpu"] as const;
export type ProcessesBy = typeof PROCESSES_BY[number];

export interface ReportedProcess extends KnownProcess {
  readonly agent: string | null;
  /** 0 for the first process of a tree. */
  readonly depth: number;
  /** Null while it runs, and when its end was not seen. */
  readonly duration_us: number | null;
}

export interface ProcessReport {
  readonly by: ProcessesBy;
  /** Each below its parent and after its elder siblings; or those first that used a processor most. */
  readonly processes: readonly ReportedProcess[];
  /** False for recordings of an older AgentSight, which kept less of each. */
  readonly kept: boolean;
}

export function processReport(
  db: DatabaseSync,
  { by, filter, recorded }: { by: ProcessesBy; filter: ReportFilter; recorded: Recorded },
): ProcessReport {
  const trees = new ProcessTrees(db, recorded);
  const processes = inTrees(trees).filter((process) => trees.matches(process, filter));
  if (by === "cpu") processes.sort((a, b) => (b.cpu_us ?? -1) - (a.cpu_us ?? -1));
  return { by, processes, kept: recorded.hasSums };
}

function inTrees(trees: ProcessTrees): ReportedProcess[] {
  const children = new Map<string, KnownProcess[]>();
  const roots: KnownProcess[] = [];
  for (const process of trees.all) {
    const parent = trees.parentOf(process);
    // A process cannot be its own ancestor: it starts after every one of them, or has another pid.
    if (parent === null || parent.session !== process.session || !isElder(parent, process)) {
      roots.push(process);
    } else children.getOrInsertComputed(keyOf(parent), () => []).push(process);
  }
  const found: ReportedProcess[] = [];
  // Not by recursion: a tree can be deeper than the stack.
  const waiting = roots.toReversed().map((process) => ({ process, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { process, depth } = next;
    const { start, ended } = process;
    const duration = ended === null ? null : ended - start;
    found.push({ ...process, agent: trees.agentOf(process), depth, duration_us: duration });
    for (const child of children.get(keyOf(process))?.toReversed() ?? []) {
      waiting.push({ process: child, depth: depth + 1 });
    }
  }
  return found;
}

function isElder(a: KnownProcess, b: KnownProcess): boolean {
  return a.start < b.start || (a.start === b.start && a.pid < b.pid);
}
