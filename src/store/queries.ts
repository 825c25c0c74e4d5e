import type { DatabaseSync } from "node:sqlite";
import type { Event, LlmCalled, Micros } from "../event.ts";
import { type Recorded, recorded, UNPRICED } from "./recorded.ts";
import { RARE_KIND } from "./schema.ts";
import { matchExpression, searchWords, snippet } from "./snippet.ts";
import type { CallRow, EventPage, ProcessRow, SearchHit, Summary } from "../server/api.ts";

const CALLS = 1000;
const PROCESSES = 10_000;
const EVENTS = 5000;
const HITS = 200;
/** JSON characters of one page: an `llm.call` alone may have megabytes. */
const PAGE = 8 * 1024 * 1024;

export interface EventFilter {
  /** Exact kinds, or `file.*`. */
  readonly kinds?: readonly string[];
  readonly session?: string;
  readonly pid?: number;
  readonly after?: number;
  readonly before?: number;
  readonly limit?: number;
}

const PROCESS_ROW =
  "pid, start, ppid, session, comm, exe, argv, cwd, ended, code, signal, calls, files, connections";

/** Since schema 3. */
const LATER_TOTALS = [
  "files_removed",
  "files_renamed",
  "file_read_bytes",
  "file_written_bytes",
  "connections_failed",
  "net_sent_bytes",
  "net_received_bytes",
] as const satisfies (keyof Summary)[];

type Value = string | number | null;
type Row = Record<string, Value>;

/** Every question the API and the reports ask of a recording. All answers are bounded. */
export class Queries {
  readonly #db: DatabaseSync;
  readonly #recorded: Recorded;
  #settle = () => {};

  constructor(db: DatabaseSync, { schema }: { readonly schema: number }) {
    this.#db = db;
    this.#recorded = recorded(schema);
  }

  /** `settle` writes what is not written yet: whoever asks has been told of it already. */
  beforeReading(settle: () => void): void {
    this.#settle = settle;
  }

  meta(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.#all("SELECT key, value FROM meta").map((row) => [row.key, String(row.value)]),
    );
  }

  /** The number of the last event that is kept; 0 when there is none. */
  lastSeq(): number {
    return Number(this.#all("SELECT max(seq) AS seq FROM events")[0]?.seq ?? 0);
  }

  summary(): Summary {
    const [sums = {}] = this.#all(
      `SELECT count(*) AS calls, coalesce(sum(NOT complete), 0) AS incomplete_calls,
      coalesce(sum(failed), 0) AS failed_calls, total(input_tokens) AS input_tokens,
      total(output_tokens) AS output_tokens, total(cache_read_tokens) AS cache_read_tokens,
      total(cache_write_tokens) AS cache_write_tokens, total(cost_usd) AS cost_usd,
      coalesce(sum(${UNPRICED}), 0) AS unpriced_calls FROM calls`,
    );
    const total = new Map(
      this.#all("SELECT name, value FROM totals").map((row) => [row.name, Number(row.value)]),
    );
    return {
      first_ts: (total.get("first_ts") ?? null) as Micros | null,
      last_ts: (total.get("last_ts") ?? null) as Micros | null,
      sessions: this.#count("sessions"),
      ...sums,
      models: this.#all(`SELECT coalesce(model, 'unknown') AS model, provider, count(*) AS calls,
        total(input_tokens) AS input_tokens, total(output_tokens) AS output_tokens,
        sum(cost_usd) AS cost_usd FROM calls GROUP BY 1, 2 ORDER BY calls DESC, 1 LIMIT 100`),
      tools: this.#all(`${this.#recorded.toolSums} ORDER BY calls DESC, name LIMIT 200`),
      processes: this.#count("processes"),
      execs: total.get("execs") ?? 0,
      files_opened: total.get("files_opened") ?? 0,
      files_written: total.get("files_written") ?? 0,
      connections: total.get("connections") ?? 0,
      ...Object.fromEntries(LATER_TOTALS.map((name) => [name, total.get(name) ?? 0])),
      loss: this.#all(
        `SELECT class, reason, unit, count FROM ${this.#recorded.loss} ORDER BY class, reason, unit LIMIT 200`,
      ),
    } as unknown as Summary;
  }

  /** Newest first. */
  calls(
    { session, before, limit = 100 }: { session?: string; before?: number; limit?: number } = {},
  ): CallRow[] {
    const where = new Where().and("session = ?", session).and("seq < ?", before);
    return this.#all(
      `SELECT row FROM calls ${where.sql} ORDER BY seq DESC LIMIT ?`,
      ...where.values,
      clamp(limit, CALLS),
    ).map((row) => parse<CallRow>(row.row));
  }

  call(id: string): LlmCalled | null {
    const [row] = this.#all(
      "SELECT json FROM calls JOIN events USING (seq) WHERE id = ? ORDER BY seq DESC LIMIT 1",
      id,
    );
    return row === undefined ? null : parse<LlmCalled>(row.json);
  }

  /** By start. */
  processes({ session, limit = PROCESSES }: { session?: string; limit?: number } = {}): ProcessRow[] {
    const where = new Where().and("session = ?", session);
    return this.#all(
      `SELECT ${PROCESS_ROW} FROM processes ${where.sql} ORDER BY start, pid LIMIT ?`,
      ...where.values,
      clamp(limit, PROCESSES),
    ).map((row) => ({ ...row, argv: parse<string[]>(row.argv) }) as unknown as ProcessRow);
  }

  /** Ascending. With `before` and without `after`, the page that ends there; `next` then goes on backwards. */
  events({ kinds = [], session, pid, after, before, limit = 500 }: EventFilter = {}): EventPage {
    const where = new Where().kinds(kinds).and("session = ?", session).and("pid = ?", pid)
      .and("seq > ?", after).and("seq < ?", before);
    const backwards = after === undefined && before !== undefined;
    const most = clamp(limit, EVENTS);
    const sql = `SELECT seq, json FROM events ${where.sql} ORDER BY seq ${
      backwards ? "DESC" : "ASC"
    } LIMIT ?`;
    const events: Event[] = [];
    let size = 0, more = false;
    this.#settle();
    for (const row of this.#db.prepare(sql).iterate(...where.values, most + 1) as Iterable<Row>) {
      size += String(row.json).length;
      more = events.length === most || (events.length > 0 && size > PAGE);
      if (more) break;
      events.push(parse<Event>(row.json));
    }
    if (backwards) events.reverse();
    return { events, next: more ? events.at(backwards ? 0 : -1)?.seq ?? null : null };
  }

  /** Calls whose prompt or answer has all the words, the last one as a prefix; best first. */
  search(query: string, { session, limit = 50 }: { session?: string; limit?: number } = {}): SearchHit[] {
    const words = searchWords(query);
    if (words.length === 0) return [];
    const where = new Where().and("calls_fts MATCH ?", matchExpression(words)).and("session = ?", session);
    return this.#all(
      `SELECT row, prompt, answer FROM calls_fts JOIN calls ON calls.seq = calls_fts.rowid
       ${where.sql} ORDER BY rank LIMIT ?`,
      ...where.values,
      clamp(limit, HITS),
    ).map((row) => ({
      call: parse<CallRow>(row.row),
      snippet: snippet([String(row.prompt), String(row.answer)], words),
    }));
  }

  #count(table: "sessions" | "processes"): number {
    return Number(this.#all(`SELECT count(*) AS n FROM ${table}`)[0]?.n ?? 0);
  }

  #all(sql: string, ...values: Value[]): Row[] {
    this.#settle();
    return this.#db.prepare(sql).all(...values).map((row) => ({ ...row })) as Row[];
  }
}

class Where {
  readonly #parts: string[] = [];
  readonly values: Value[] = [];

  get sql(): string {
    return this.#parts.length === 0 ? "" : "WHERE " + this.#parts.join(" AND ");
  }

  and(sql: string, value: Value | undefined): this {
    if (value === undefined) return this;
    this.#parts.push(sql);
    this.values.push(value);
    return this;
  }

  kinds(kinds: readonly string[]): this {
    if (kinds.length === 0) return this;
    const tests = kinds.slice(0, 64).map((kind) => {
      const family = kind.endsWith(".*") ? kind.slice(0, -1) : null;
      // A range, not LIKE: it can use the index. "/" is the character after ".".
      if (family === null) this.values.push(kind);
      else this.values.push(family, family.slice(0, -1) + "/");
      return family === null ? "kind = ?" : "(kind >= ? AND kind < ?)";
    });
    this.#parts.push(`(${tests.join(" OR ")})`);
    // Lets SQLite use the partial index.
    if (!kinds.some((kind) => kind.startsWith("file."))) this.#parts.push(RARE_KIND);
    return this;
  }
}

function clamp(limit: number, most: number): number {
  return Number.isFinite(limit) ? Math.min(Math.max(Math.trunc(limit), 1), most) : most;
}

function parse<T>(json: Value | undefined): T {
  return JSON.parse(String(json)) as T;
}
