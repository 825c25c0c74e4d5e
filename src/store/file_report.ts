/** What was done to files, and by whom. */
import type { DatabaseSync } from "node:sqlite";
import { decodeFiles, FILE_SUMS, type FileSums, newFileSums } from "./file_sums.ts";
import { type KnownProcess, ProcessTrees } from "./process_trees.ts";
import type { Recorded } from "./recorded.ts";
import type { ReportFilter } from "./report_filter.ts";

export const FILES_BY = ["path", "directory", "process"] as const;
export type FilesBy = typeof FILES_BY[number];

export interface FileFilter extends ReportFilter {
  /** Only what was written, made, removed, renamed or changed otherwise, or may have been. */
  readonly changed?: boolean;
}

type Sums = Readonly<Record<typeof FILE_SUMS[number], number>>;

export interface FileGroup extends Sums {
  /** The path, the directory or the program. */
  readonly name: string;
  /** Of one process. */
  readonly pid: number | null;
  readonly start: number | null;
  /** What it is; null for regular files, what was never opened, and more than one path. */
  readonly type: string | null;
  /** Different paths. */
  readonly paths: number;
  /** Different processes. */
  readonly processes: number;
  readonly agents: readonly string[];
  readonly first_ts: number;
  readonly last_ts: number;
}

export interface FileReport {
  readonly by: FilesBy;
  /** What changed first, most bytes written first, then most opened. */
  readonly groups: readonly FileGroup[];
  readonly total: FileGroup;
  /** False for recordings of an older AgentSight, which kept no sums. */
  readonly kept: boolean;
}

export function fileReport(
  db: DatabaseSync,
  { by, filter, recorded }: { by: FilesBy; filter: FileFilter; recorded: Recorded },
): FileReport {
  const total = new Group({ name: "total" });
  if (!recorded.hasSums) return { by, groups: [], total: total.result(), kept: false };
  const trees = new ProcessTrees(db, recorded);
  const groups = new Map<string, Group>();
  for (const { pid, start, path, sums } of perProcess(db, (id) => trees.matches(id, filter))) {
    if (filter.changed === true && !isChanged(sums)) continue;
    const process = trees.get({ pid, start });
    const agent = trees.agentOf({ pid, start });
    const key = by === "path" ? path : by === "directory" ? directoryOf(path) : `${pid}:${start}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = new Group(by === "process" ? { name: programOf(process), pid, start } : { name: key });
      groups.set(key, group);
    }
    const row = { pid, start, path, sums, agent };
    const asFile = isFile(sums) ? row : { ...row, sums: { ...sums, read_bytes: 0, written_bytes: 0 } };
    total.add(asFile);
    group.add(by === "path" ? row : asFile);
  }
  return {
    by,
    groups: [...groups.values()].map((group) => group.result()).sort(order),
    total: total.result(),
    kept: true,
  };
}

interface Row {
  readonly pid: number;
  readonly start: number;
  readonly path: string;
  readonly sums: FileSums;
}

/** Everything that one process did to one path, once. */
function* perProcess(
  db: DatabaseSync,
  matches: (id: { readonly pid: number; readonly start: number }) => boolean,
): Iterable<Row> {
  const rows = db.prepare("SELECT pid, start, ts, files FROM file_sums ORDER BY pid, start").iterate();
  let paths = new Map<string, FileSums>();
  let last: { pid: number; start: number } | null = null;
  for (const row of rows) {
    const id = { pid: Number(row.pid), start: Number(row.start) };
    if (last?.pid !== id.pid || last.start !== id.start) {
      if (last !== null) yield* rowsOf(last, paths);
      [last, paths] = [id, new Map()];
    }
    if (!matches(id)) continue;
    for (const [path, sums] of decodeFiles(String(row.files), Number(row.ts))) {
      const known = paths.get(path);
      if (known === undefined) paths.set(path, sums);
      else merge(known, sums);
    }
  }
  if (last !== null) yield* rowsOf(last, paths);
}

function* rowsOf(
  { pid, start }: { pid: number; start: number },
  paths: Map<string, FileSums>,
): Iterable<Row> {
  for (const [path, sums] of paths) yield { pid, start, path, sums };
}

function merge(into: FileSums, from: FileSums): void {
  for (const name of FILE_SUMS) into[name] += from[name];
  into.type ??= from.type;
  into.first = Math.min(into.first, from.first);
  into.last = Math.max(into.last, from.last);
}

/** Most groups are of one path, one process and one agent: a set of one takes as long as all the rest. */
class Distinct {
  #first: string | null = null;
  #all: Set<string> | null = null;

  add(value: string): void {
    if (this.#all !== null) this.#all.add(value);
    else if (this.#first === null) this.#first = value;
    else if (this.#first !== value) this.#all = new Set([this.#first, value]);
  }

  get size(): number {
    return this.#all?.size ?? (this.#first === null ? 0 : 1);
  }

  values(): string[] {
    return [...this.#all ?? (this.#first === null ? [] : [this.#first])];
  }
}

class Group {
  readonly #about: { readonly name: string; readonly pid?: number; readonly start?: number };
  readonly #paths = new Distinct();
  readonly #processes = new Distinct();
  readonly #agents = new Distinct();
  #sums: FileSums | null = null;

  constructor(about: { readonly name: string; readonly pid?: number; readonly start?: number }) {
    this.#about = about;
  }

  add({ pid, start, path, sums, agent }: Row & { readonly agent: string | null }): void {
    this.#paths.add(path);
    this.#processes.add(`${pid}:${start}`);
    if (agent !== null) this.#agents.add(agent);
    if (this.#sums === null) this.#sums = { ...sums };
    else merge(this.#sums, sums);
  }

  result(): FileGroup {
    const { name, pid = null, start = null } = this.#about;
    const { type, first, last, ...sums } = this.#sums ?? newFileSums(0);
    return {
      name,
      pid,
      start,
      type: this.#paths.size === 1 ? type : null,
      paths: this.#paths.size,
      processes: this.#processes.size,
      agents: this.#agents.values().sort(),
      ...sums,
      first_ts: first,
      last_ts: last,
    };
  }
}

/** What is written to a terminal or a device stays nowhere. */
function isFile({ type }: { readonly type: string | null }): boolean {
  return type === null || type === "directory";
}

function isChanged(s: Sums & { readonly type: string | null }): boolean {
  return (isFile(s) ? s.written_bytes + s.writes : 0) + s.created + s.removed + s.renamed + s.placed +
      s.changed + s.uncertain >
    0;
}

function order(a: FileGroup, b: FileGroup): number {
  return Number(isChanged(b)) - Number(isChanged(a)) || b.written_bytes - a.written_bytes ||
    b.opens - a.opens || (a.name < b.name ? -1 : 1);
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

export function programOf(process: KnownProcess | null): string {
  if (process === null) return "unknown";
  return process.argv.length > 0 ? process.argv.join(" ") : process.exe || process.comm || "unknown";
}
