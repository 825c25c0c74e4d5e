/** Which files are opened, made and refused, and who may read them. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Micros } from "../event.ts";
import { fileOpened } from "../testdata/events.ts";
import { latestRecording, listRecordings, recordingPath } from "./recording_path.ts";
import { Store } from "./store.ts";
import { StoreError } from "./store_error.ts";
import { filled, inTemp, META, SESSION } from "./testdata/recordings.ts";

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
