/** The processes of a recording: whose tree each belongs to, and what people call it. */
import type { DatabaseSync } from "node:sqlite";
import { agentName } from "./agent_name.ts";
import type { Recorded } from "./recorded.ts";
import type { ReportFilter } from "./report_filter.ts";
import type { PROCESS_COUNTS } from "./tally.ts";

/** Deeper trees are cut: a pid that was used twice could make a circle. */
const DEEPEST = 100;

type Count = Exclude<typeof PROCESS_COUNTS[number], "calls" | "files" | "connections">;

/** A row of `processes`; null is what was not seen, or not kept by an older AgentSight. */
export interface KnownProcess extends Readonly<Record<Count, number | null>> {
  readonly pid: number;
  readonly start: number;
  readonly ppid: number;
  readonly session: string | null;
  readonly comm: string;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly uid: number | null;
  readonly container: string | null;
  readonly ended: number | null;
  readonly code: number | null;
  readonly signal: number | null;
  readonly cpu_us: number | null;
  readonly rss_peak_kb: number | null;
  readonly read_bytes: number | null;
  readonly written_bytes: number | null;
  readonly calls: number;
  readonly files: number;
  readonly connections: number;
}

interface Id {
  readonly pid: number;
  readonly start: number;
}

export class ProcessTrees {
  /** By start. */
  readonly all: readonly KnownProcess[];
  readonly #byKey: ReadonlyMap<string, KnownProcess>;
  readonly #byPid: ReadonlyMap<number, readonly KnownProcess[]>;
  /** The first process of each session that made an LLM call, else the first one. */
  readonly #heads = new Map<string | null, KnownProcess>();
  readonly #agents = new Map<string, string>();

  constructor(db: DatabaseSync, recorded: Recorded) {
    const rows = db.prepare(`SELECT * FROM ${recorded.processes} ORDER BY start, pid`).all();
    this.all = rows.map((row) => ({ ...row, argv: words(row.argv) }) as unknown as KnownProcess);
    this.#byKey = new Map(this.all.map((process) => [keyOf(process), process]));
    this.#byPid = Map.groupBy(this.all, ({ pid }) => pid);
    for (const process of this.all) {
      const head = this.#heads.get(process.session);
      if (head === undefined || (head.calls === 0 && process.calls > 0)) {
        this.#heads.set(process.session, process);
      }
    }
  }

  get(id: Id): KnownProcess | null {
    return this.#byKey.get(keyOf(id)) ?? null;
  }

  /** The process that had its parent's pid when it started. */
  parentOf({ ppid, start }: KnownProcess): KnownProcess | null {
    return this.#byPid.get(ppid)?.findLast((other) => other.start <= start) ?? null;
  }

  /** The program that made the LLM calls nearest above it; where none did, the one that its tree began with. */
  agentOf(id: Id): string | null {
    const process = this.get(id);
    if (process === null) return null;
    const key = keyOf(process);
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    let above: KnownProcess | null = process;
    for (let i = 0; i < DEEPEST && above !== null && above.calls === 0; i++) {
      const next: KnownProcess | null = this.parentOf(above);
      above = next === above ? null : next;
    }
    const agent = agentName(above?.calls ? above : this.#heads.get(process.session) ?? process);
    this.#agents.set(key, agent);
    return agent;
  }

  /** Whether a filter lets it through; what was not seen has no name. */
  matches(id: Id, { session, agent }: ReportFilter): boolean {
    return contains(this.get(id)?.session, session) && contains(this.agentOf(id), agent);
  }
}

export function keyOf({ pid, start }: Id): string {
  return `${pid}:${start}`;
}

function contains(name: string | null | undefined, part: string | undefined): boolean {
  return part === undefined || (name ?? "unknown").toLowerCase().includes(part.toLowerCase());
}

function words(json: unknown): string[] {
  const list: unknown = JSON.parse(String(json));
  return Array.isArray(list) ? list.map(String) : [];
}
