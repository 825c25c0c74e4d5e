import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Event, Micros } from "../event.ts";
import { event } from "../testdata/events.ts";
import { EFFECTS } from "./effects_fixture.ts";
import type { FileFilter, FilesBy } from "./file_report.ts";
import type { NetworkBy } from "./network_report.ts";
import { Store } from "./store.ts";

function withBatches(batches: readonly (readonly Event[])[], test: (store: Store) => void): void {
  const directory = mkdtempSync("/tmp/agentsight-effects-");
  const store = Store.create({ path: join(directory, "r.sqlite"), meta: {} });
  try {
    for (const batch of batches) store.append(batch);
    test(store);
  } finally {
    store.close();
    rmSync(directory, { recursive: true });
  }
}

function recorded(test: (store: Store) => void): () => void {
  return () => withBatches([EFFECTS], test);
}

const fileCases: readonly (readonly [FilesBy, FileFilter, readonly (readonly unknown[])[]])[] = [
  ["path", {}, [
    ["/w/out.tmp", 1, 1, 0, 5000, { created: 1, renamed: 1 }],
    ["/w/old", 1, 0, 0, 0, { uncertain: 1 }],
    ["/w/out", 1, 0, 0, 0, { placed: 1 }],
    ["/etc/passwd", 1, 3, 900, 0, {}],
    ["/w/older", 1, 0, 0, 0, { failed: 1 }],
  ]],
  ["directory", {}, [
    ["/w", 4, 1, 0, 5000, { created: 1, renamed: 1, placed: 1, failed: 1, uncertain: 1 }],
    ["/etc", 1, 3, 900, 0, {}],
  ]],
  ["process", { changed: true, agent: "CLAU", session: "aaa" }, [
    ["sh -c make", 3, 1, 0, 5000, { created: 1, renamed: 1, placed: 1, uncertain: 1 }],
  ]],
  ["path", { agent: "python" }, []],
];

for (const [by, filter, expected] of fileCases) {
  Deno.test(
    `files by ${by} ${JSON.stringify(filter)}`,
    recorded(({ reports }) => {
      const found = reports.files(by, filter).groups.map((group) => {
        const { name, paths, opens, read_bytes, written_bytes } = group;
        const deeds = ["created", "removed", "renamed", "placed", "changed", "failed", "uncertain"] as const;
        const done = Object.fromEntries(
          deeds.filter((deed) => group[deed] > 0).map((deed) => [deed, group[deed]]),
        );
        return [name, paths, opens, read_bytes, written_bytes, done];
      });
      assert.deepEqual(found, expected);
    }),
  );
}

Deno.test("what is written to a device is no change, and in its own row only", () => {
  const device = { path: "/dev/null", type: "character" } as const;
  const opens = event("file.open", 1, {
    ...device,
    access: "write",
    flags: "O_WRONLY",
    created: false,
    result: 0,
  });
  const closes = event("file.close", 2, { ...device, read_bytes: 0, written_bytes: 9 });
  withBatches([[opens, closes]], ({ reports }) => {
    assert.equal(reports.files("path", { changed: true }).groups.length, 0);
    const bytes = (by: FilesBy) => reports.files(by).groups.map((group) => group.written_bytes);
    assert.deepEqual([bytes("path"), bytes("directory"), bytes("process")], [[9], [0], [0]]);
    assert.equal(reports.files("path").total.written_bytes, 0);
  });
});

Deno.test("a peer of a connection that was over too soon makes no row of its own", () => {
  const socket = { family: "inet", addr: "127.0.0.1", port: 40000 } as const;
  const peer = { pid: 9, tid: 9, start: 1 as Micros, comm: "x", exe: "/x" };
  withBatches([[event("net.peer", 1, { ...socket, peer })]], ({ reports }) => {
    assert.deepEqual(reports.network("address").groups, []);
  });
});

Deno.test("both ends of a unix socket have its path: who connected to it is told from who listens", () => {
  const socket = { family: "unix", addr: "/run/x", port: 0 } as const;
  const closed = { ...socket, transport: "stream", local_port: 0 } as const;
  const client = { pid: 20, tid: 20 };
  const events = [
    event("net.listen", 1, { ...socket, backlog: 5, result: 0 }),
    { ...event("net.connect", 2, { ...socket, transport: "stream", latency_us: 9, result: 0 }), ...client },
    event("net.accept", 3, { ...socket, local_port: 0, result: 0 }),
    { ...event("net.close", 4, { ...closed, sent_bytes: 5, received_bytes: 0 }), ...client },
    event("net.close", 5, { ...closed, sent_bytes: 0, received_bytes: 5 }),
    event("net.close", 6, { ...closed, sent_bytes: 0, received_bytes: 0 }),
  ];
  withBatches([events], ({ reports }) => {
    const found = reports.network("host").groups.map((
      g,
    ) => [g.role, g.name, g.times, g.sent_bytes, g.received_bytes]);
    assert.deepEqual(found, [["out", "/run/x", 1, 5, 0], ["in", "/run/x", 1, 0, 5], [
      "listen",
      "/run/x",
      1,
      0,
      0,
    ]]);
  });
});

const networkCases: readonly (readonly [NetworkBy, readonly (readonly unknown[])[]])[] = [
  ["host", [
    ["out", "api.example.com", [81, 82, 443], 3, 1, 1, 2048, 70_000, []],
    ["out", "[::1]:8080", [8080], 1, 0, 0, 20, 3000, ["python3 300"]],
    ["in", "::1", [8080], 2, 0, 0, 3000, 20, []],
    ["listen", "[::]:8080", [8080], 1, 0, 0, 0, 0, []],
    ["pair", "unnamed unix socket", [0], 0, 0, 0, 7, 7, []],
  ]],
  ["process", [
    ["out", "claude -p go", [443], 1, 0, 0, 2048, 70_000, []],
    ["out", "sh -c make", [81, 82, 8080], 3, 1, 1, 20, 3000, ["python3 300"]],
    ["in", "python3 -m http.server", [8080], 2, 0, 0, 3000, 20, []],
    ["listen", "python3 -m http.server", [8080], 1, 0, 0, 0, 0, []],
    ["pair", "python3 -m http.server", [0], 0, 0, 0, 7, 7, []],
  ]],
];

for (const [by, expected] of networkCases) {
  Deno.test(
    `network by ${by}`,
    recorded(({ reports }) => {
      const found = reports.network(by).groups.map((g) => [
        ...[g.role, g.name, g.ports, g.times, g.failed, g.uncertain, g.sent_bytes, g.received_bytes, g.peers],
      ]);
      assert.deepEqual(found, expected);
    }),
  );
}

Deno.test(
  "processes: a tree, with what each used and did; by processor time",
  recorded(({ reports }) => {
    const figures = reports.processes("tree").processes.map((p) => [
      ...[p.depth, p.pid, p.agent, p.code, p.cpu_us, p.duration_us, p.files, p.connections, p.calls],
      ...[p.credentials, p.signals, p.container?.slice(0, 6) ?? null],
    ]);
    assert.deepEqual(figures, [
      [0, 100, "claude", null, null, null, 0, 1, 1, 0, 0, null],
      [1, 101, "claude", 2, 250_000, 23_000_000, 5, 3, 0, 1, 2, "c0ffee"],
      [0, 300, "http", null, null, null, 0, 0, 0, 0, 0, null],
    ]);
    assert.deepEqual(reports.processes("cpu").processes.map(({ pid }) => pid), [101, 100, 300]);
    assert.deepEqual(reports.processes("tree", { session: "bbb" }).processes.map(({ pid }) => pid), [300]);
  }),
);

Deno.test("reports are the same however the events came", () => {
  const all = (
    { reports }: Store,
  ) => [reports.files("path"), reports.network("address"), reports.processes("tree")];
  let whole: unknown;
  withBatches([EFFECTS], (store) => whole = all(store));
  withBatches(EFFECTS.map((event) => [event]), (store) => assert.deepEqual(all(store), whole));
});

Deno.test(
  "the summary tells what was done, and loss by reason",
  recorded(({ queries }) => {
    const { files_renamed, files_removed, file_read_bytes, file_written_bytes, ...rest } = queries.summary();
    assert.deepEqual([files_renamed, files_removed, file_read_bytes, file_written_bytes], [1, 0, 900, 5000]);
    assert.deepEqual(
      [rest.connections, rest.connections_failed, rest.net_sent_bytes, rest.net_received_bytes],
      [4, 1, 5075, 73_027],
    );
    assert.deepEqual(rest.loss.map(({ reason, count }) => [reason, count]), [
      ["control ring full", 4],
      ["throttled", 3],
    ]);
  }),
);
