/** What tools models asked for, how it went and how long it took. */
import type { DatabaseSync } from "node:sqlite";
import type { Recorded } from "./recorded.ts";
import { Agents, type ReportFilter, type Source } from "./report_filter.ts";

export const TOOLS_BY = ["tool", "model", "agent", "session"] as const;
export type ToolsBy = typeof TOOLS_BY[number];

/** One tool; one tool of each model, agent or session when grouped by that. */
export interface ToolGroup {
  readonly tool: string;
  /** Who ran it: the agent, or the provider while it answered. */
  readonly run_by: "agent" | "provider";
  /** Of the model, agent or session; null when grouped by tool alone, or not known. */
  readonly name: string | null;
  readonly calls: number;
  /** Of them the agent sent a result back. */
  readonly answered: number | null;
  readonly errors: number;
  readonly result_bytes: number | null;
  /** From the model's answer to the request that has the result: with approval and tools run beside it. */
  readonly p50_ms: number | null;
  readonly max_ms: number | null;
  /** MCP servers that carried it out, and the median of the time that they took alone. */
  readonly servers: readonly string[];
  readonly server_p50_ms: number | null;
  readonly agents: readonly string[];
  readonly models: readonly string[];
  readonly sessions: number | null;
}

export interface ToolReport {
  readonly by: ToolsBy;
  /** The most called first, each model, agent or session together. */
  readonly groups: readonly ToolGroup[];
  /** False when the recording only counted calls and errors. */
  readonly detailed: boolean;
}

/** The uses of one tool that one process was asked for by one model. */
interface Row extends Source {
  readonly name: string;
  readonly run_by: "agent" | "provider";
  readonly calls: number;
  readonly answered: number;
  readonly errors: number;
  readonly bytes: number | null;
  readonly server: string | null;
  /** Microseconds, JSON arrays with nulls for those without an answer. */
  readonly times: string;
  readonly server_times: string;
}

export function toolReport(
  db: DatabaseSync,
  { by, filter, recorded }: { by: ToolsBy; filter: ReportFilter; recorded: Recorded },
): ToolReport {
  if (!recorded.hasToolUses) return { by: "tool", groups: counted(db, recorded), detailed: false };
  const agents = new Agents(db);
  const rows = db.prepare(
    `SELECT pid, start, session, model, name, run_by, server, count(*) AS calls, count(answered) AS answered,
     coalesce(sum(failed), 0) AS errors, sum(bytes + 0.0) AS bytes, json_group_array(answered - asked) AS times,
     json_group_array(server_us) AS server_times FROM tool_uses GROUP BY 1, 2, 3, 4, 5, 6, 7`,
  ).all() as unknown as Row[];
  const groups = new Map<string, Group>();
  for (const row of rows.filter((row) => agents.matches(row, filter))) {
    const agent = agents.of(row);
    const name = by === "tool" ? null : by === "agent" ? agent : row[by];
    const key = JSON.stringify([name, row.name, row.run_by]);
    const group = groups.get(key) ?? new Group(row, name);
    groups.set(key, group);
    group.add(row, agent);
  }
  const order = (a: ToolGroup, b: ToolGroup) =>
    compare(a.name, b.name) || b.calls - a.calls || compare(a.tool, b.tool);
  return { by, groups: [...groups.values()].map((group) => group.result()).sort(order), detailed: true };
}

/** The unknown last. */
function compare(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}

class Group {
  readonly #tool: string;
  readonly #runBy: "agent" | "provider";
  readonly #name: string | null;
  readonly #times = new Times();
  readonly #serverTimes = new Times();
  readonly #servers = new Set<string>();
  readonly #agents = new Set<string>();
  readonly #models = new Set<string>();
  readonly #sessions = new Set<string>();
  #calls = 0;
  #answered = 0;
  #errors = 0;
  #bytes: number | null = null;

  constructor({ name: tool, run_by }: Row, name: string | null) {
    this.#tool = tool;
    this.#runBy = run_by;
    this.#name = name;
  }

  add(row: Row, agent: string | null): void {
    const { calls, answered, errors, bytes, model, session, server } = row;
    this.#calls += calls;
    this.#answered += answered;
    this.#errors += errors;
    if (bytes !== null) this.#bytes = (this.#bytes ?? 0) + bytes;
    this.#times.add(row.times);
    this.#serverTimes.add(row.server_times);
    if (server !== null) this.#servers.add(server);
    if (agent !== null) this.#agents.add(agent);
    if (model !== null) this.#models.add(model);
    if (session !== null) this.#sessions.add(session);
  }

  result(): ToolGroup {
    return {
      tool: this.#tool,
      run_by: this.#runBy,
      name: this.#name,
      calls: this.#calls,
      answered: this.#runBy === "agent" ? this.#answered : null,
      errors: this.#errors,
      result_bytes: this.#bytes,
      p50_ms: this.#times.ms(0.5),
      max_ms: this.#times.ms(1),
      servers: [...this.#servers].sort(),
      server_p50_ms: this.#serverTimes.ms(0.5),
      agents: [...this.#agents].sort(),
      models: [...this.#models].sort(),
      sessions: this.#sessions.size,
    };
  }
}

class Times {
  readonly #micros: number[] = [];

  /** A JSON array of microseconds and nulls. */
  add(json: string): void {
    for (const time of JSON.parse(json)) if (typeof time === "number") this.#micros.push(time);
  }

  /** The least time that this share of all did not exceed; null of none. */
  ms(share: number): number | null {
    const sorted = Float64Array.from(this.#micros).sort();
    const time = sorted[Math.floor((sorted.length - 1) * share)];
    return time === undefined ? null : time / 1000;
  }
}

function counted(db: DatabaseSync, { toolSums }: Recorded): ToolGroup[] {
  const times = { p50_ms: null, max_ms: null, server_p50_ms: null };
  const unknown = { answered: null, result_bytes: null, sessions: null, ...times };
  return db.prepare(`${toolSums} ORDER BY calls DESC, name`).all().map(({ name, calls, errors }) => ({
    ...{ tool: String(name), run_by: "agent", name: null, calls: Number(calls), errors: Number(errors) },
    ...unknown,
    servers: [],
    agents: [],
    models: [],
  }));
}
