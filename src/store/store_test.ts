import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Event, Micros } from "../event.ts";
import { event, fileOpened, llmCalled } from "../testdata/events.ts";
import { latestRecording, listRecordings, recordingPath } from "./recording_path.ts";
import { Store } from "./store.ts";
import { StoreError } from "./store_error.ts";

const META = { version: "0.1.0", started: "1000" };

function inTemp(test: (directory: string) => void): () => void {
  return () => {
    const directory = mkdtempSync("/tmp/agentsight-store-");
    try {
      test(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };
}

function filled(path: string, events: readonly Event[]): Store {
  const store = Store.create({ path, meta: META });
  store.append(events);
  return store;
}

const SESSION: readonly Event[] = [
  event("process.exec", 1, { ppid: 1, exe: "/bin/agent", argv: ["agent", "-p"], cwd: "/w", uid: 0 }),
  event("process.fork", 2, { ppid: 1, child: 11, child_start: 1002 as Micros }),
  fileOpened(3, "/w/a"),
  { ...fileOpened(4, "/w/b", "write"), count: 3 } as Event,
  event("net.connect", 5, { family: "inet", addr: "127.0.0.1", port: 443, result: 0 }),
  llmCalled(6, { prompt: "find the walrus", answer: "a walrus\x02 is here" }),
  event("tool.call", 7, { run_by: "agent", id: "t1", name: "bash", input: { cmd: "ls" }, llm_call: "c6" }),
  event("tool.result", 8, {
    run_by: "agent",
    id: "t1",
    name: null,
    is_error: true,
    bytes: 3,
    llm_call: "c9",
  }),
  llmCalled(9, { model: null, cost_usd: null, complete: false, http: { version: "2", status: 500 } }),
  event("llm.delta", 10, { id: "c9", text: "live" }),
  event("loss", 11, { class: "file", reason: "ring full", unit: "events", count: 4 }),
  event("loss", 12, { class: "file", reason: "ring full", unit: "events", count: 2 }),
  event("process.exit", 13, { ppid: 1, code: 0, duration_us: 5, rss_peak_kb: 1 }),
];

Deno.test(
  "a recording answers every question, live and after it was closed as one plain file",
  inTemp((dir) => {
    const path = join(dir, "r.sqlite");
    const store = filled(path, SESSION);
    const check = ({ queries }: Store) => {
      const summary = queries.summary();
      assert.deepEqual(summary, {
        first_ts: 1001,
        last_ts: 1013,
        sessions: 1,
        calls: 2,
        incomplete_calls: 1,
        failed_calls: 1,
        input_tokens: 20,
        output_tokens: 10,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        cost_usd: 0.25,
        unpriced_calls: 1,
        models: [
          {
            model: "claude",
            provider: "anthropic",
            calls: 1,
            input_tokens: 10,
            output_tokens: 5,
            cost_usd: 0.25,
          },
          {
            model: "unknown",
            provider: "anthropic",
            calls: 1,
            input_tokens: 10,
            output_tokens: 5,
            cost_usd: null,
          },
        ],
        tools: [{ name: "bash", calls: 1, errors: 1 }],
        processes: 2,
        execs: 1,
        files_opened: 4,
        files_written: 3,
        connections: 1,
        loss: [{ class: "file", unit: "events", count: 6 }],
      });
      assert.deepEqual(queries.calls().map((call) => call.id), ["c9", "c6"]);
      assert.deepEqual(queries.calls({ before: 9, limit: 5 }).map((call) => call.prompt), [
        "find the walrus",
      ]);
      assert.deepEqual(queries.call("c6"), SESSION[5]);
      assert.equal(queries.call("nope"), null);
      const [parent, child] = queries.processes({ session: "s-10" });
      assert.deepEqual(
        [parent?.argv, parent?.files, parent?.connections, parent?.calls, parent?.ended, parent?.code],
        [["agent", "-p"], 4, 1, 2, 1013, 0],
      );
      assert.deepEqual([child?.pid, child?.ppid, child?.exe, child?.ended], [11, 10, "/bin/agent", null]);
      const [hit] = queries.search("WALRUS");
      assert.equal(hit?.call.id, "c6");
      assert.ok(hit?.snippet.includes("\u0002walrus\u0003"), hit?.snippet);
    };
    check(store);
    using reader = Store.open(path);
    check(reader);
    reader.close();
    assert.equal(store.close(), true);
    assert.deepEqual(readdirSync(dir), ["r.sqlite"]);
    using again = Store.open(path);
    check(again);
    assert.deepEqual(again.queries.meta(), { ...META, clean: "true" });
    assert.throws(() => again.append([fileOpened(99, "/x")]), StoreError);
  }),
);

Deno.test(
  "event pages: kinds, families, ranges, both directions, no live text",
  inTemp((dir) => {
    using store = filled(join(dir, "r.sqlite"), SESSION);
    const seqs = (filter: Parameters<typeof store.queries.events>[0]) => {
      const { events, next } = store.queries.events(filter);
      return [events.map((e) => e.seq), next];
    };
    assert.deepEqual(seqs({}), [[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13], null]);
    assert.deepEqual(seqs({ kinds: ["file.*", "net.connect"] }), [[3, 4, 5], null]);
    assert.deepEqual(seqs({ limit: 2 }), [[1, 2], 2]);
    assert.deepEqual(seqs({ after: 2, limit: 2 }), [[3, 4], 4]);
    assert.deepEqual(seqs({ before: 5, limit: 2 }), [[3, 4], 3]);
    assert.deepEqual(seqs({ before: 3, limit: 2 }), [[1, 2], null]);
    assert.deepEqual(seqs({ after: 12 }), [[13], null]);
    assert.deepEqual(seqs({ pid: 99 }), [[], null]);
    assert.deepEqual(seqs({ session: "other" }), [[], null]);
  }),
);

Deno.test(
  "search never throws on what people type",
  inTemp((dir) => {
    using store = filled(join(dir, "r.sqlite"), [llmCalled(1, { prompt: 'say "AND" twice: café' })]);
    const odd = [
      '"',
      "AND",
      "NOT OR",
      "a*",
      "-x",
      "^x",
      "(",
      "prompt:x",
      "NEAR(",
      "\0",
      "",
      "' OR 1=1",
      "{}",
      "a".repeat(9999),
    ];
    for (const query of odd) store.queries.search(query);
    assert.equal(store.queries.search('"and" caf').length, 1);
  }),
);

Deno.test(
  "a call that continues another is found by what is new in it",
  inTemp((dir) => {
    const text = (role: string, content: string) => ({ role, parts: [{ type: "text" as const, content }] });
    const request = {
      messages: [text("user", "alpha"), text("assistant", "beta"), text("user", "gamma")],
    };
    using store = filled(join(dir, "r.sqlite"), [
      llmCalled(1, { request }),
      llmCalled(2, { request, continues: "c1" }),
    ]);
    assert.deepEqual(store.queries.search("alpha").map((hit) => hit.call.id), ["c1"]);
    assert.deepEqual(store.queries.search("gamma").map((hit) => hit.call.id).sort(), ["c1", "c2"]);
  }),
);

Deno.test(
  "a full database fails with a sentence, keeps what was committed and stays readable",
  inTemp((dir) => {
    const path = join(dir, "r.sqlite");
    const store = Store.create({ path, meta: META, maxPages: 64 });
    let kept = 0;
    assert.throws(() => {
      for (let seq = 1;; seq += 10) {
        store.append(Array.from({ length: 10 }, (_, i) => fileOpened(seq + i, "/x".repeat(500))));
        kept = seq + 9;
      }
    }, (error: Error) =>
      error instanceof StoreError &&
      /^Cannot write the recording .*full.*free some space/.test(error.message));
    assert.ok(kept > 0);
    store.close();
    using again = Store.open(path);
    assert.equal(again.queries.events({ after: kept - 1 }).events.at(-1)?.seq, kept);
  }),
);

Deno.test(
  "a recording whose writer was killed is readable",
  inTemp((dir) => {
    const store = filled(join(dir, "r.sqlite"), SESSION);
    for (const end of ["", "-wal"]) {
      copyFileSync(join(dir, "r.sqlite" + end), join(dir, "crash.sqlite" + end));
    }
    using crashed = Store.open(join(dir, "crash.sqlite"));
    assert.equal(crashed.queries.summary().calls, 2);
    assert.equal(crashed.queries.meta().clean, "false");
    store.close();
  }),
);

Deno.test(
  "what cannot be opened is said in a sentence",
  inTemp((dir) => {
    const at = (name: string) => join(dir, name);
    writeFileSync(at("empty"), "");
    writeFileSync(at("text"), "not a database at all, but long enough to look at".repeat(40));
    const other = new DatabaseSync(at("other"));
    other.exec("CREATE TABLE t (x)");
    other.close();
    filled(at("old"), []).close();
    const old = new DatabaseSync(at("old"));
    old.exec("PRAGMA user_version = 9");
    old.close();
    const cases: [string, RegExp][] = [
      ["missing", /there is no such file/],
      ["empty", /it is empty/],
      ["text", /damaged or not an SQLite file/],
      ["other", /no AgentSight recording/],
      ["old", /schema version 9/],
      [".", /it is not a file/],
    ];
    for (const [name, sentence] of cases) {
      assert.throws(
        () => Store.open(at(name)),
        (error: Error) => error instanceof StoreError && sentence.test(error.message),
      );
    }
  }),
);

Deno.test(
  "nothing that exists is written to, through a link or not",
  inTemp((dir) => {
    filled(join(dir, "r.sqlite"), SESSION).close();
    symlinkSync("/tmp/agentsight-elsewhere", join(dir, "link"));
    for (const name of ["r.sqlite", "link"]) {
      assert.throws(
        () => Store.create({ path: join(dir, name), meta: META }),
        /Cannot create .*exists already/,
      );
    }
    assert.ok(!existsSync("/tmp/agentsight-elsewhere"));
    assert.throws(
      () => Store.create({ path: join(dir, "no/r.sqlite"), meta: META }),
      /its directory does not exist/,
    );
    using kept = Store.open(join(dir, "r.sqlite"));
    assert.equal(kept.queries.summary().calls, 2);
  }),
);

Deno.test(
  "the store's own tree: made, private to the user's group, listed newest first",
  inTemp((dir) => {
    const base = join(dir, "base");
    const paths = [1_700_000_000_000_000, 1_800_000_000_000_000].map((now) =>
      recordingPath({ user: "ann", now: now as Micros, base })
    );
    assert.equal(paths[0], join(base, "ann", "2023-11-14T22-13-20-000.sqlite"));
    const owner = { user: "ann", gid: Deno.uid() === 0 ? 65534 : Deno.gid() ?? 0 };
    for (const path of paths) {
      using store = Store.create({ path, meta: META, owner, base });
      store.append([fileOpened(1, "/a")]);
      const { mode, gid } = statSync(path);
      if (Deno.uid() === 0) assert.deepEqual([mode & 0o777, gid], [0o640, 65534]);
    }
    assert.equal(statSync(join(base, "ann")).mode & 0o777, 0o750);
    assert.equal(statSync(base).mode & 0o777, 0o755);
    assert.equal(latestRecording({ user: "ann", base }), paths[1]);
    assert.deepEqual(listRecordings({ user: "nobody", base }), []);
    assert.throws(() => recordingPath({ user: "../etc", now: 1 as Micros, base }), /no user name/);
  }),
);

Deno.test(
  "a tree that someone else could change is refused",
  inTemp((dir) => {
    const base = join(dir, "base");
    mkdirSync(join(base, "real"), { recursive: true });
    symlinkSync(join(base, "real"), join(base, "bob"));
    const create = (user: string) =>
      Store.create({
        path: recordingPath({ user, now: 1e15 as Micros, base }),
        meta: META,
        owner: { user, gid: Deno.gid() ?? 0 },
        base,
      });
    assert.throws(() => create("bob"), /links are not followed/);
    Deno.chmodSync(join(base, "real"), 0o777);
    assert.throws(() => create("real"), /someone else could change/);
  }),
);

Deno.test({
  name: "an ordinary user reads a recording while root writes it, and cannot change it",
  ignore: Deno.uid() !== 0,
  fn: inTemp((dir) => {
    Deno.chmodSync(dir, 0o755);
    const base = join(dir, "base");
    const path = recordingPath({ user: "nobody", now: 1e15 as Micros, base });
    using store = Store.create({ path, meta: META, owner: { user: "nobody", gid: 65534 }, base });
    store.append(SESSION);
    const python = `
import sqlite3, sys
db = sqlite3.connect("file:${path}?mode=ro", uri=True)
print(db.execute("select count(*) from calls").fetchone()[0])
try:
    open("${path}", "r+")
except PermissionError:
    print("denied")`;
    const { stdout, stderr } = new Deno.Command("setpriv", {
      args: ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", python],
    }).outputSync();
    assert.equal(new TextDecoder().decode(stdout), "2\ndenied\n", new TextDecoder().decode(stderr));
  }),
});
