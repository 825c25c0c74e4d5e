import { CONNECTION_SUMS } from "./connection_sums.ts";
import { PROCESS_COUNTS } from "./tally.ts";

/** "ASgt" in the file header: tells a recording from any other SQLite file. */
export const APPLICATION_ID = 0x41536774;
/** Changes with every change of the tables that this or an older program must know of. */
export const SCHEMA_VERSION = 3;
/** The oldest recordings that can still be read; `recorded.ts` knows what they lack. */
export const OLDEST_SCHEMA = 1;

/**
 * File events are most of a recording and, as one process's events, found by reading on: 10 ms for 250,000 rows.
 * An index of them, or of pids, halves the rate of small batches.
 */
export const RARE_KIND = "(kind < 'file.' OR kind >= 'file/')";

function counters(names: readonly string[]): string {
  return names.map((name) => `${name} INTEGER NOT NULL DEFAULT 0`).join(", ");
}

/**
 * `events` is the recording; everything else is derived from it while it is written, so that lists and sums never
 * have to read it whole. `calls.row` is a `CallRow`; `processes` counts what each process did; `tool_uses` has what
 * models asked for, with when its result was sent back; `run_by` is `agent` or `provider`, `server`
 * the MCP server that carried it out.
 *
 * `file_sums` and `connection_sums` have a row for what each process did in a batch, for reports to add up: rows that
 * are looked up by process and path, to add to them, took 10 to 20 µs a path, these less than 1 µs (`file_sums.ts` says
 * what is in `files`). `hosts` has every name that an address was told by, as often as it was.
 */
export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
  seq INTEGER PRIMARY KEY, ts INTEGER NOT NULL, kind TEXT NOT NULL, session TEXT, pid INTEGER NOT NULL,
  json TEXT NOT NULL
);
CREATE INDEX events_kind ON events (kind) WHERE ${RARE_KIND};
CREATE TABLE calls (
  seq INTEGER PRIMARY KEY, ts INTEGER NOT NULL, pid INTEGER NOT NULL, start INTEGER NOT NULL, session TEXT,
  id TEXT NOT NULL, model TEXT, provider TEXT NOT NULL, conversation TEXT, thread TEXT NOT NULL, retry_of TEXT,
  input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,
  reasoning_tokens INTEGER, cost_usd REAL, complete INTEGER NOT NULL, failed INTEGER NOT NULL, row TEXT NOT NULL
);
CREATE INDEX calls_id ON calls (id);
CREATE TABLE tool_uses (
  use INTEGER PRIMARY KEY, pid INTEGER NOT NULL, start INTEGER NOT NULL, session TEXT, model TEXT,
  name TEXT NOT NULL, run_by TEXT NOT NULL, asked INTEGER NOT NULL, answered INTEGER, failed INTEGER, bytes INTEGER,
  server TEXT, server_us INTEGER
);
CREATE TABLE processes (
  pid INTEGER NOT NULL, start INTEGER NOT NULL, ppid INTEGER NOT NULL, session TEXT, comm TEXT NOT NULL,
  exe TEXT NOT NULL DEFAULT '', argv TEXT NOT NULL DEFAULT '[]', cwd TEXT NOT NULL DEFAULT '',
  uid INTEGER, container TEXT,
  ended INTEGER, code INTEGER, signal INTEGER, cpu_us INTEGER, rss_peak_kb INTEGER,
  read_bytes INTEGER, written_bytes INTEGER, ${counters(PROCESS_COUNTS)},
  PRIMARY KEY (pid, start)
) WITHOUT ROWID;
CREATE INDEX processes_start ON processes (start);
CREATE TABLE sessions (session TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE loss (
  class TEXT NOT NULL, reason TEXT NOT NULL, unit TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (class, reason, unit)
) WITHOUT ROWID;
CREATE TABLE file_sums (pid INTEGER NOT NULL, start INTEGER NOT NULL, ts INTEGER NOT NULL, files TEXT NOT NULL);
CREATE TABLE connection_sums (
  pid INTEGER NOT NULL, start INTEGER NOT NULL, role TEXT NOT NULL, family TEXT NOT NULL, addr TEXT NOT NULL,
  port INTEGER NOT NULL, transport TEXT NOT NULL, first_ts INTEGER NOT NULL, last_ts INTEGER NOT NULL,
  error INTEGER, latency_max INTEGER NOT NULL,
  peer_pid INTEGER, peer_start INTEGER, peer_comm TEXT, peer_exe TEXT, ${counters(CONNECTION_SUMS)}
);
CREATE TABLE hosts (
  pid INTEGER NOT NULL, start INTEGER NOT NULL, session TEXT, addr TEXT NOT NULL, port INTEGER NOT NULL,
  host TEXT NOT NULL, source TEXT NOT NULL
);
CREATE VIRTUAL TABLE calls_fts USING fts5 (prompt, answer, tokenize = 'unicode61');
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
