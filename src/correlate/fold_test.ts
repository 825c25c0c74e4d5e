import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Draft, FileClosed, FileOpened, Micros } from "../event.ts";
import { Fold } from "./fold.ts";

const END = Number.MAX_SAFE_INTEGER as Micros;

function head(ts: number, pid = 1) {
  return { ts: ts as Micros, pid, tid: pid, start: 0 as Micros, comm: "x" };
}

function open(ts: number, path: string, rest: Partial<Draft<FileOpened>> = {}): Draft<FileOpened> {
  return {
    ...{ kind: "file.open", ...head(ts), path, access: "read", created: false, flags: "O_RDONLY" },
    ...{ type: "file", result: 0, ...rest },
  };
}

function close(ts: number, path: string, rest: Partial<Draft<FileClosed>> = {}): Draft<FileClosed> {
  return { kind: "file.close", ...head(ts), path, read_bytes: 0, written_bytes: 0, ...rest };
}

/** Sums of a field over events; of `count`, 1 where it is absent. */
function total(drafts: readonly Draft[], field: "count" | "read_bytes" | "written_bytes" | "bytes"): number {
  const none = field === "count" ? 1 : 0;
  return drafts.reduce((sum, d) => sum + ((d as { [K in typeof field]?: number })[field] ?? none), 0);
}

function all(drafts: readonly Draft[]): Draft[] {
  const fold = new Fold();
  return [...fold.push(drafts), ...fold.flush(END)];
}

Deno.test("the first passes at once, the rest come as one count", () => {
  const fold = new Fold();
  equal(fold.push([open(1, "/a"), open(2, "/a"), open(3, "/a"), open(4, "/b")]).length, 2);
  const rest = fold.flush(2_000_000 as Micros);
  deepEqual(rest.map((d) => ["path" in d && d.path, "count" in d && d.count]), [["/a", 2]]);
});

const different: readonly (readonly [string, Draft, Draft])[] = [
  ["access", open(1, "/a"), open(2, "/a", { access: "write" })],
  ["flags", open(1, "/a"), open(2, "/a", { flags: "O_RDONLY|O_CLOEXEC" })],
  ["type", open(1, "/a"), open(2, "/a", { type: "pipe" })],
  ["result", open(1, "/a"), open(2, "/a", { result: -13 })],
  ["process", open(1, "/a"), { ...open(2, "/a"), pid: 2 }],
  ["life of a pid", open(1, "/a"), { ...open(2, "/a"), start: 9 as Micros }],
  ["implicit", close(1, "/a"), close(2, "/a", { implicit: true })],
  ["a write", close(1, "/a", { read_bytes: 5 }), close(2, "/a", { written_bytes: 5 })],
  [
    "a write beside a read",
    close(1, "/a", { read_bytes: 5 }),
    close(2, "/a", { read_bytes: 5, written_bytes: 5 }),
  ],
  ["kind", open(1, "/a"), close(2, "/a")],
];

for (const [name, a, b] of different) {
  Deno.test(`told apart: ${name}`, () => deepEqual(new Fold().push([a, b]), [a, b]));
}

Deno.test("a write after a read of the same file is told at once, however often both came before", () => {
  const fold = new Fold();
  fold.push(Array.from({ length: 50 }, (_, i) => close(i, "/a", { read_bytes: 9 })));
  const write = close(60, "/a", { written_bytes: 1 });
  deepEqual(fold.push([write]), [write]);
});

Deno.test("closes are summed", () => {
  const closes = [1, 2, 3, 4].map((i) => close(i, "/a", { read_bytes: i, written_bytes: 10 * i }));
  deepEqual(all(closes), [
    closes[0],
    {
      ...close(4, "/a", { read_bytes: 9, written_bytes: 90 }),
      ...{ count: 3, first_ts: 2 as Micros, last_ts: 4 as Micros },
    },
  ]);
});

Deno.test("sockets and executable memory are folded too, and nothing else", () => {
  const socket = (ts: number, family = "inet") =>
    ({ kind: "net.socket", ...head(ts), family, transport: "stream", protocol: 6, result: 0 }) as Draft;
  const memory = (ts: number, writable = false) =>
    ({ kind: "process.exec_memory", ...head(ts), call: "mmap", bytes: 4096, writable, result: 0 }) as Draft;
  const unlink = (ts: number) => ({ kind: "file.unlink", ...head(ts), path: "/a", result: 0 }) as Draft;
  const failed = (ts: number) =>
    ({ kind: "process.exec_failed", ...head(ts), path: "/a", result: -2 }) as Draft;
  const one = (ts: number) => [
    ...[socket(ts), socket(ts, "unix"), memory(ts), memory(ts, true), unlink(ts), failed(ts)],
  ];
  const out = all([1, 2, 3].flatMap(one));
  deepEqual(
    Object.entries(Object.groupBy(out, ({ kind }) => kind)).map(([kind, some = []]) => [
      ...[kind, some.length, total(some, "count"), total(some, "bytes")],
    ]),
    [
      ["net.socket", 4, 6, 0],
      ["process.exec_memory", 4, 6, 6 * 4096],
      ["file.unlink", 3, 3, 0],
      ["process.exec_failed", 3, 3, 0],
    ],
  );
});

Deno.test("totals are exact, for every mix of files and times", () => {
  const event = fc.record({
    step: fc.integer({ min: 0, max: 700_000 }),
    path: fc.constantFrom("/a", "/b", "/c"),
    pid: fc.constantFrom(1, 2),
    read: fc.constantFrom(0, 0, 7),
    written: fc.constantFrom(0, 0, 11),
    opened: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), fc.integer({ min: 1, max: 9 }), (events, batch) => {
      let now = 0;
      const drafts: Draft[] = events.map(({ step, path, pid, read, written, opened }) => {
        now += step;
        const draft = opened
          ? open(now, path)
          : close(now, path, { read_bytes: read, written_bytes: written });
        return { ...draft, pid };
      });
      const fold = new Fold();
      const out: Draft[] = [];
      for (let i = 0; i < drafts.length; i += batch) out.push(...fold.push(drafts.slice(i, i + batch)));
      out.push(...fold.flush(END));
      for (const field of ["count", "read_bytes", "written_bytes"] as const) {
        equal(total(out, field), total(drafts, field));
      }
    }),
  );
});

Deno.test("counts are exact over many windows", () => {
  const fold = new Fold();
  const opens = Array.from({ length: 10_000 }, (_, i) => open(i * 700, `/f${i % 7}`));
  const out = [...fold.push(opens), ...fold.flush(END)];
  equal(total(out, "count"), 10_000);
  equal(out.length < 200, true);
});

Deno.test("more different files than are kept open pass through uncounted", () => {
  const fold = new Fold();
  const opens = Array.from({ length: 20_000 }, (_, i) => open(1, `/f${i}`));
  equal(fold.push(opens).length, 20_000);
});
