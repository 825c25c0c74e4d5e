/** Tokens, cost and trouble of LLM calls, by what a person asks for. */
import type { DatabaseSync } from "node:sqlite";
import type { Micros } from "../event.ts";
import { type Recorded, UNPRICED } from "./recorded.ts";
import { Agents, type ReportFilter, type Source } from "./report_filter.ts";

export const TOKENS_BY = ["model", "agent", "session", "provider", "conversation"] as const;
export type TokensBy = typeof TOKENS_BY[number];

/** Sums over calls; a sum is null when no call has the figure, never 0. */
export interface TokenSums {
  readonly calls: number;
  readonly errors: number;
  /** Calls that repeat a failed one; null in a recording that does not say. */
  readonly retries: number | null;
  readonly incomplete_calls: number;
  /** Includes what was read from and written to a cache. */
  readonly input_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_tokens: number | null;
  /** Includes reasoning. */
  readonly output_tokens: number | null;
  readonly reasoning_tokens: number | null;
  /** US dollars at list price, over the calls whose price is known. */
  readonly cost_usd: number | null;
  readonly unpriced_calls: number;
}

export interface TokenGroup extends TokenSums {
  /** Of the model, agent, …; null when it is not known. */
  readonly name: string | null;
  readonly agents: readonly string[];
  readonly models: readonly string[];
  readonly providers: readonly string[];
  /** The ends of its first and its last call. */
  readonly first_ts: Micros;
  readonly last_ts: Micros;
}

export interface TokenReport {
  readonly by: TokensBy;
  /** The most tokens first; sessions and conversations by their first call. */
  readonly groups: readonly TokenGroup[];
  readonly total: TokenSums;
}

// As floating point: two absurd counts of a hostile server must not overflow a sum, which is an error in SQLite.
const SUMS = `count(*) AS calls, coalesce(sum(failed), 0) AS errors, sum(retry) AS retries,
  coalesce(sum(NOT complete), 0) AS incomplete_calls, sum(input_tokens + 0.0) AS input_tokens,
  sum(cache_read_tokens + 0.0) AS cache_read_tokens, sum(cache_write_tokens + 0.0) AS cache_write_tokens,
  sum(output_tokens + 0.0) AS output_tokens, sum(reasoning_tokens + 0.0) AS reasoning_tokens,
  sum(cost_usd) AS cost_usd, coalesce(sum(${UNPRICED}), 0) AS unpriced_calls`;

/** Sums of the calls that one process made in one conversation to one model. */
interface Row extends TokenSums, Source {
  readonly provider: string;
  readonly conversation: string;
  readonly first_ts: number;
  readonly last_ts: number;
}

/** SQLite adds up by everything that a report can be by: few rows, whatever was asked. */
export function tokenReport(
  db: DatabaseSync,
  { by, filter, recorded }: { by: TokensBy; filter: ReportFilter; recorded: Recorded },
): TokenReport {
  const agents = new Agents(db);
  // Without a real id, the calls that continue each other are one conversation.
  const conversation = by === "conversation" ? "coalesce(conversation, thread)" : "''";
  const rows = db.prepare(
    `SELECT pid, start, session, model, provider, ${conversation} AS conversation, ${SUMS},
     min(ts) AS first_ts, max(ts) AS last_ts FROM ${recorded.calls} GROUP BY 1, 2, 3, 4, 5, 6`,
  ).all() as unknown as Row[];
  const total = new Sums();
  const groups = new Map<string | null, Group>();
  for (const row of rows.filter((row) => agents.matches(row, filter))) {
    const agent = agents.of(row);
    const name = by === "agent" ? agent : row[by];
    const group = groups.get(name) ?? new Group(name);
    groups.set(name, group);
    group.add(row, agent);
    total.add(row);
  }
  return {
    by,
    groups: sorted([...groups.values()].map((group) => group.result()), by),
    total: total.result(),
  };
}

function sorted(groups: TokenGroup[], by: TokensBy): TokenGroup[] {
  const tokens = ({ input_tokens, output_tokens }: TokenSums) => (input_tokens ?? 0) + (output_tokens ?? 0);
  return by === "session" || by === "conversation"
    ? groups.sort((a, b) => a.first_ts - b.first_ts)
    : groups.sort((a, b) => tokens(b) - tokens(a) || b.calls - a.calls);
}

const FIGURES = [
  "calls",
  "errors",
  "retries",
  "incomplete_calls",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
  "reasoning_tokens",
  "cost_usd",
  "unpriced_calls",
] as const;

type Sum = { -readonly [K in keyof TokenSums]: TokenSums[K] };

class Sums {
  readonly #sums: Sum = {
    calls: 0,
    errors: 0,
    retries: null,
    incomplete_calls: 0,
    input_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    cost_usd: null,
    unpriced_calls: 0,
  };

  add(row: TokenSums): void {
    for (const name of FIGURES) {
      const value = row[name];
      if (value !== null) this.#sums[name] = (this.#sums[name] ?? 0) + value;
    }
  }

  result(): TokenSums {
    return this.#sums;
  }
}

class Group {
  readonly #name: string | null;
  readonly #sums = new Sums();
  readonly #agents = new Set<string>();
  readonly #models = new Set<string>();
  readonly #providers = new Set<string>();
  #first = Infinity;
  #last = -Infinity;

  constructor(name: string | null) {
    this.#name = name;
  }

  add(row: Row, agent: string | null): void {
    this.#sums.add(row);
    if (agent !== null) this.#agents.add(agent);
    if (row.model !== null) this.#models.add(row.model);
    this.#providers.add(row.provider);
    this.#first = Math.min(this.#first, row.first_ts);
    this.#last = Math.max(this.#last, row.last_ts);
  }

  result(): TokenGroup {
    return {
      name: this.#name,
      ...this.#sums.result(),
      agents: [...this.#agents].sort(),
      models: [...this.#models].sort(),
      providers: [...this.#providers].sort(),
      first_ts: this.#first as Micros,
      last_ts: this.#last as Micros,
    };
  }
}
