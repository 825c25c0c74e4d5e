import assert from "node:assert/strict";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileOpened } from "../testdata/events.ts";
import { Store } from "./store.ts";
import { StoreError } from "./store_error.ts";
import { filled, inTemp, META, SESSION } from "./testdata/recordings.ts";

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
        files_removed: 0,
        files_renamed: 0,
        file_read_bytes: 0,
        file_written_bytes: 0,
        connections_failed: 0,
        net_sent_bytes: 0,
        net_received_bytes: 0,
        loss: [{ class: "file", reason: "ring full", unit: "events", count: 6 }],
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
