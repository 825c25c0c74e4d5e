/** "ASgt" in the file header: tells a recording from any other SQLite file. */
export const APPLICATION_ID = 0x41536774;
/** Changes with every change of the tables that this or an older program must know of. */
export const SCHEMA_VERSION = 2;
/** The oldest recordings that can still be read; `recorded.ts` knows what they lack. */
export const OLDEST_SCHEMA = 1;

/**
 * File events are most of a recording and, as one process's events, found by reading on: 10 ms for 250,000 rows.
 * An index of them, or of pids, halves the rate of small batches.
 */
export const RARE_KIND = "(kind < 'file.' OR kind >= 'file/')";

/**
 * `events` is the recording; everything else is derived from it while it is written, so that lists and sums never
 * have to read it whole. `calls.row` is a `CallRow`; `processes` counts what each process did; `tool_uses` has what
 * models asked for, with when its result was sent back; `run_by` is `agent` or `provider`, `server`
 * the MCP server that carried it out.
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
  ended INTEGER, code INTEGER, signal INTEGER,
  calls INTEGER NOT NULL DEFAULT 0, files INTEGER NOT NULL DEFAULT 0, connections INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (pid, start)
) WITHOUT ROWID;
CREATE INDEX processes_start ON processes (start);
CREATE TABLE sessions (session TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE loss (
  class TEXT NOT NULL, unit TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (class, unit)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE calls_fts USING fts5 (prompt, answer, tokenize = 'unicode61');
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`;
