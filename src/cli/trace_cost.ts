/** What a running trace costs: its programs in the kernel, its maps, and its own process. */
import type { BpfInfo } from "../../ffi/bpf_info.ts";

const RING = 27;
const TICKS_PER_SECOND = 100;

export interface ProgramCost {
  readonly id: number;
  readonly name: string;
  readonly runs: number;
  readonly run_ns: number;
  /** Null when it did not run. */
  readonly ns_per_run: number | null;
  readonly percent_of_core: number;
  /** Calls left out because it ran on the processor already. */
  readonly missed: number;
}

export interface MapCost {
  readonly id: number;
  readonly name: string;
  readonly ring: boolean;
  readonly max_entries: number;
  /** As the kernel accounts it. */
  readonly bytes: number;
}

export interface TraceCost {
  readonly pid: number;
  readonly seconds: number;
  /** The one that took most comes first. */
  readonly programs: readonly ProgramCost[];
  readonly percent_of_core: number;
  /** Of the trace's process: reading, decoding, keeping. */
  readonly process_percent_of_core: number;
  readonly maps: readonly MapCost[];
  readonly map_bytes: number;
  readonly ring_bytes: number;
}

interface Held {
  readonly programs: ReadonlySet<number>;
  /** By id, bytes. */
  readonly maps: ReadonlyMap<number, number>;
}

/** Measures the BPF programs and maps that a process holds while `wait` lasts; statistics must be on. */
export async function measureCost(
  pid: number,
  { info, wait }: { readonly info: BpfInfo; readonly wait: () => Promise<void> },
): Promise<TraceCost> {
  const snapshot = () => ({
    at: performance.now(),
    cpu: cpuSeconds(pid),
    programs: new Map([...heldBy(pid).programs].map((id) => [id, info.program(id)])),
  });
  const before = snapshot();
  await wait();
  const after = snapshot();
  const seconds = (after.at - before.at) / 1000;
  const programs = [...after.programs].flatMap(([id, now]): ProgramCost[] => {
    if (!now) return [];
    const was = before.programs.get(id) ?? { runs: 0, run_ns: 0, missed: 0 };
    const [runs, run_ns] = [now.runs - was.runs, now.run_ns - was.run_ns];
    return [{
      ...{ id, name: now.name, runs, run_ns, ns_per_run: runs > 0 ? Math.round(run_ns / runs) : null },
      percent_of_core: percent(run_ns / 1e9, seconds),
      missed: now.missed - was.missed,
    }];
  }).toSorted((a, b) => b.run_ns - a.run_ns);
  const maps = [...heldBy(pid).maps].flatMap(([id, bytes]): MapCost[] => {
    const map = info.map(id);
    return map ? [{ id, name: map.name, ring: map.type === RING, max_entries: map.max_entries, bytes }] : [];
  }).toSorted((a, b) => b.bytes - a.bytes);
  const sum = (list: readonly MapCost[]) => list.reduce((bytes, map) => bytes + map.bytes, 0);
  return {
    pid,
    seconds,
    programs,
    percent_of_core: percent(programs.reduce((ns, { run_ns }) => ns + run_ns, 0) / 1e9, seconds),
    process_percent_of_core: percent(after.cpu - before.cpu, seconds),
    maps,
    map_bytes: sum(maps.filter(({ ring }) => !ring)),
    ring_bytes: sum(maps.filter(({ ring }) => ring)),
  };
}

function percent(part: number, of: number): number {
  return Number((100 * part / of).toPrecision(3));
}

/** A descriptor's kind and number are in its fdinfo: exact, whatever programs are called. */
function heldBy(pid: number): Held {
  const programs = new Set<number>();
  const maps = new Map<number, number>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fdinfo`)) {
    const facts = fdinfo(`/proc/${pid}/fdinfo/${name}`);
    const [program, map] = [facts.get("prog_id"), facts.get("map_id")];
    if (program !== undefined) programs.add(program);
    if (map !== undefined) maps.set(map, facts.get("memlock") ?? 0);
  }
  return { programs, maps };
}

function fdinfo(path: string): ReadonlyMap<string, number> {
  try {
    const lines = Deno.readTextFileSync(path).split("\n").map((line) => line.split(":\t"));
    return new Map(lines.map(([key = "", value = ""]) => [key, Number(value)]));
  } catch {
    // It was closed meanwhile.
    return new Map();
  }
}

function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
