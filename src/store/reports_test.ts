import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Event, Part } from "../event.ts";
import { llmCalled } from "../testdata/events.ts";
import { callRow } from "./call_row.ts";
import { newMessages } from "./prompt_report.ts";
import { REPORTED } from "./reports_fixture.ts";
import { Store } from "./store.ts";
import type { ReportFilter } from "./report_filter.ts";
import type { TokensBy, TokenSums } from "./token_report.ts";
import type { ToolsBy } from "./tool_report.ts";

function withRecording(events: readonly Event[], test: (store: Store, path: string) => void): () => void {
  return () => {
    const directory = mkdtempSync("/tmp/agentsight-reports-");
    const path = join(directory, "r.sqlite");
    const store = Store.create({ path, meta: { version: "0.1.0", started: "1", capture: "redacted" } });
    try {
      store.append(events);
      test(store, path);
    } finally {
      store.close();
      rmSync(directory, { recursive: true });
    }
  };
}

function figures(
  { calls, errors, retries, input_tokens, output_tokens, cost_usd, unpriced_calls }: TokenSums,
) {
  return [calls, errors, retries, input_tokens, output_tokens, cost_usd, unpriced_calls];
}

const OPUS = [3, 1, 1, 2200, 130, 0.75, 0];
const HAIKU = [1, 0, 0, 40, 4, 0.125, 0];
const UNKNOWN = [1, 0, 0, 7, null, null, 1];
const TOTAL = [5, 1, 1, 2247, 134, 0.875, 1];

const tokenCases: readonly (readonly [TokensBy, ReportFilter, Record<string, unknown[]>, unknown[]])[] = [
  ["model", {}, { opus: OPUS, haiku: HAIKU, null: UNKNOWN }, TOTAL],
  ["agent", {}, { claude: [4, 1, 1, 2240, 134, 0.875, 0], review: UNKNOWN }, TOTAL],
  ["session", {}, { "aaa-100": [4, 1, 1, 2240, 134, 0.875, 0], "bbb-200": UNKNOWN }, TOTAL],
  ["provider", {}, { anthropic: [4, 1, 1, 2240, 134, 0.875, 0], unknown: UNKNOWN }, TOTAL],
  ["conversation", {}, { "conv-1": [4, 1, 1, 2240, 134, 0.875, 0], c10: UNKNOWN }, TOTAL],
  ["model", { agent: "REV" }, { null: UNKNOWN }, UNKNOWN],
  ["model", { model: "unknown" }, { null: UNKNOWN }, UNKNOWN],
  ["agent", { model: "Op", session: "aaa" }, { claude: OPUS }, OPUS],
  ["model", { agent: "codex" }, {}, [0, 0, null, null, null, null, 0]],
];

for (const [by, filter, groups, total] of tokenCases) {
  Deno.test(
    `tokens by ${by} ${JSON.stringify(filter)}`,
    withRecording(REPORTED, ({ reports }) => {
      const report = reports.tokens(by, filter);
      assert.deepEqual(
        Object.fromEntries(report.groups.map((group) => [group.name, figures(group)])),
        groups,
      );
      assert.deepEqual(Object.keys(groups), report.groups.map(({ name }) => String(name)), "order");
      assert.deepEqual(figures(report.total), total);
    }),
  );
}

Deno.test(
  "a group says whose its calls are and when they were",
  withRecording(REPORTED, ({ reports }) => {
    const [group] = reports.tokens("session").groups;
    const { agents, models, providers, first_ts, last_ts } = group!;
    assert.deepEqual(
      { agents, models, providers, first_ts, last_ts },
      {
        agents: ["claude"],
        models: ["haiku", "opus"],
        providers: ["anthropic"],
        first_ts: 1_760_000_003_000_000,
        last_ts: 1_760_000_009_000_000,
      },
    );
  }),
);

const toolCases: readonly (readonly [ToolsBy, ReportFilter, readonly unknown[][]])[] = [
  ["tool", {}, [["Bash", null, 2, 1, 1, 7, 2000, 2000]]],
  ["agent", {}, [["Bash", "claude", 1, 1, 1, 7, 2000, 2000], ["Bash", "review", 1, 0, 0, null, null, null]]],
  ["model", {}, [["Bash", "opus", 1, 1, 1, 7, 2000, 2000], ["Bash", null, 1, 0, 0, null, null, null]]],
  ["session", { session: "bbb" }, [["Bash", "bbb-200", 1, 0, 0, null, null, null]]],
];

for (const [by, filter, groups] of toolCases) {
  Deno.test(
    `tools by ${by} ${JSON.stringify(filter)}`,
    withRecording(REPORTED, ({ reports }) => {
      const found = reports.tools(by, filter).groups.map((g) => [
        ...[g.tool, g.name, g.calls, g.answered, g.errors, g.result_bytes, g.p50_ms, g.max_ms],
      ]);
      assert.deepEqual(found, groups);
    }),
  );
}

Deno.test(
  "conversations one after the other, each in its order, with what is new in each call",
  withRecording(REPORTED, ({ reports }) => {
    const found = [...reports.calls()].map(({ conversation, thread, agent, call }) => {
      const { messages, history } = newMessages(call);
      return [conversation, thread, agent, call.id, messages.length, history];
    });
    assert.deepEqual(found, [
      ["conv-1", "c3", "claude", "c3", 1, 0],
      ["conv-1", "c3", "claude", "c4", 1, 0],
      ["conv-1", "c3", "claude", "c8", 1, 2],
      ["conv-1", "c9", "claude", "c9", 1, 0],
      [null, "c10", "review", "c10", 1, 0],
    ]);
    assert.deepEqual([...reports.calls({ agent: "rev" })].map(({ call }) => call.id), ["c10"]);
  }),
);

Deno.test(
  "a report says what is missing, also while the recording is being written",
  withRecording(REPORTED, (writer, path) => {
    using reader = Store.open(path);
    const gaps = {
      calls: 5,
      incomplete_calls: 1,
      loss: [{ class: "payload", reason: "ring full", unit: "bytes", count: 4096 }],
      finished: false,
      capture: "redacted",
    };
    assert.deepEqual(reader.reports.evidence(), gaps);
    writer.append([llmCalled(20, { complete: false })]);
    assert.deepEqual(reader.reports.evidence(), { ...gaps, calls: 6, incomplete_calls: 2 });
    assert.equal(reader.reports.tokens("model").total.calls, 6);
    writer.close();
    using closed = Store.open(path);
    assert.equal(closed.reports.evidence().finished, true);
  }),
);

Deno.test(
  "an empty recording has no groups and no sums",
  withRecording([], ({ reports }) => {
    assert.deepEqual(reports.tokens("agent").groups, []);
    assert.equal(reports.tokens("agent").total.cost_usd, null);
    assert.deepEqual(reports.tools("tool").groups, []);
    assert.deepEqual([...reports.calls()], []);
  }),
);

Deno.test(
  "absurd token counts add up without an error",
  withRecording(
    [1, 2, 3].map((seq) => llmCalled(seq, { usage: { input_tokens: 9e18 } })),
    ({ reports, queries }) => {
      assert.equal(reports.tokens("model").total.input_tokens, 2.7e19);
      assert.equal(queries.summary().input_tokens, 2.7e19);
    },
  ),
);

Deno.test(
  "a use that an MCP server carried out names it, and its own time",
  withRecording(REPORTED, ({ reports }) => {
    const groups = reports.tools("agent").groups.map((
      { servers, server_p50_ms },
    ) => [servers, server_p50_ms]);
    assert.deepEqual(groups, [[["shell"], 250], [[], null]]);
  }),
);

const web = { type: "web_search" };
const provided: readonly Part[] = [
  { type: "server_tool_call", id: "s1", name: "web_search", server_tool_call: web },
  { type: "server_tool_call_response", id: "s1", server_tool_call_response: { ...web, is_error: true } },
  { type: "server_tool_call", id: "s2", name: "web_search", server_tool_call: web },
];

Deno.test(
  "tools that the provider ran are counted apart",
  withRecording(
    [llmCalled(1, { response: { parts: provided } })],
    ({ reports }) => {
      const [group] = reports.tools("tool").groups;
      const { tool, run_by, calls, answered, errors } = group!;
      assert.deepEqual([tool, run_by, calls, answered, errors], ["web_search", "provider", 2, null, 1]);
    },
  ),
);

/** The tables of schema 1 that reports read, as its last version made them. */
const SCHEMA_1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (seq INTEGER PRIMARY KEY, ts INTEGER NOT NULL, kind TEXT NOT NULL, session TEXT,
  pid INTEGER NOT NULL, json TEXT NOT NULL);
CREATE TABLE calls (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, session TEXT, model TEXT, provider TEXT NOT NULL,
  input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,
  cost_usd REAL, complete INTEGER NOT NULL, failed INTEGER NOT NULL, row TEXT NOT NULL);
CREATE TABLE processes (pid INTEGER NOT NULL, start INTEGER NOT NULL, ppid INTEGER NOT NULL, session TEXT,
  comm TEXT NOT NULL, exe TEXT NOT NULL, argv TEXT NOT NULL, cwd TEXT NOT NULL, ended INTEGER, code INTEGER,
  signal INTEGER, calls INTEGER NOT NULL, files INTEGER NOT NULL, connections INTEGER NOT NULL,
  PRIMARY KEY (pid, start)) WITHOUT ROWID;
CREATE TABLE sessions (session TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tools (name TEXT PRIMARY KEY, calls INTEGER NOT NULL, errors INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE loss (class TEXT NOT NULL, unit TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (class, unit));
PRAGMA application_id = 0x41536774;
PRAGMA user_version = 1;`;

Deno.test("a recording of schema 1 gives what it has, and says nothing of the rest", () => {
  const directory = mkdtempSync("/tmp/agentsight-reports-");
  const path = join(directory, "old.sqlite");
  try {
    const db = new DatabaseSync(path);
    db.exec(SCHEMA_1);
    const { thread: _thread, appended: _appended, retry_of: _retry, ...old } = llmCalled(5);
    const call = { ...old, usage: { ...old.usage, reasoning_tokens: 3 } };
    db.prepare("INSERT INTO events VALUES (5, 5, 'llm.call', 's-10', 10, ?)").run(JSON.stringify(call));
    db.prepare(
      "INSERT INTO calls VALUES (5, 'c5', 's-10', 'claude', 'anthropic', 10, 5, NULL, NULL, 0.25, 1, 0, ?)",
    )
      .run(JSON.stringify(callRow(call as never)));
    db.exec(
      `INSERT INTO processes VALUES (10, 1000, 1, 's-10', 'x', '/bin/claude', '[]', '', NULL, NULL, NULL, 1, 0, 0);
      INSERT INTO tools VALUES ('bash', 4, 1);
      INSERT INTO loss VALUES ('payload', 'bytes', 7)`,
    );
    db.close();
    using store = Store.open(path);
    const [group] = store.reports.tokens("agent").groups;
    assert.deepEqual([group?.name, group?.calls, group?.retries, group?.reasoning_tokens], [
      "claude",
      1,
      null,
      3,
    ]);
    assert.equal(store.reports.tokens("conversation").groups[0]?.name, "s-10");
    const tools = store.reports.tools("model");
    assert.deepEqual([tools.by, tools.detailed, tools.groups[0]?.calls, tools.groups[0]?.p50_ms], [
      "tool",
      false,
      4,
      null,
    ]);
    assert.deepEqual([...store.reports.calls()].map(({ call }) => newMessages(call).messages.length), [1]);
    assert.deepEqual(store.queries.summary().tools, [{ name: "bash", calls: 4, errors: 1 }]);
    assert.deepEqual([store.reports.files("path").kept, store.reports.network("host").kept], [false, false]);
    const { kept, processes } = store.reports.processes("tree");
    assert.deepEqual([kept, processes.map(({ agent, cpu_us }) => [agent, cpu_us])], [false, [[
      "claude",
      null,
    ]]]);
    assert.deepEqual(store.reports.evidence().loss, [
      { class: "payload", reason: "", unit: "bytes", count: 7 },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
