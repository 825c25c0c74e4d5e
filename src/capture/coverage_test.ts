import { deepEqual, equal } from "node:assert/strict";
import type { Micros } from "../event.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { Coverage } from "./coverage.ts";

const actor = { pid: 5, tid: 6, start: 1 as Micros, comm: "curl" };
const ts = 9 as Micros;
const exec = {
  kind: "process.exec",
  ...actor,
  ts,
  ppid: 1,
  exe: "/usr/bin/curl",
  argv: [],
  cwd: "/",
  uid: 0,
  gid: 0,
} as const;
const open = (conn: number, more: object = {}): StreamRecord => ({
  ...{ type: "open", conn, fromStart: true, library: 3, ts, actor, ...more },
});

function covering(method: string): Coverage {
  const coverage = new Coverage();
  coverage.hooked([{ id: 3, path: "/lib/libssl.so.3", library: "OpenSSL", method }]);
  coverage.observe([exec]);
  return coverage;
}

Deno.test("a process's first use of a library is said once, with what is known of both", () => {
  const coverage = covering("symbols");
  const [event] = coverage.used([open(1)]);
  deepEqual([event?.exe, event?.library, event?.stack, event?.method, event?.status], [
    ...["/usr/bin/curl", "/lib/libssl.so.3", "OpenSSL", "symbols", "attached"],
  ]);
  equal(coverage.used([open(2)]).length, 0);
  equal(coverage.used([open(3, { actor: { ...actor, start: 2 as Micros } })]).length, 1);
});

Deno.test("what makes a hook believed", () => {
  const bound = (confidence: "strong" | "likely"): StreamRecord => ({
    ...{ type: "bind", conn: 1, dir: "send", socket: 7, localPort: 8, ts, actor },
    peer: { addr: "::1", port: 443, confidence },
  });
  const cases: [what: string, prove: (coverage: Coverage) => { status: string }[], verified: boolean][] = [
    ["HTTP", (c) => c.spoke([{ conn: 1, protocol: "http1" }], ts), true],
    ["HTTP/2", (c) => c.spoke([{ conn: 1, protocol: "http2" }], ts), true],
    ["something else", (c) => c.spoke([{ conn: 1, protocol: "other" }], ts), false],
    ["a record of the right length", (c) => c.used([bound("strong")]), true],
    ["a socket of the same thread", (c) => c.used([bound("likely")]), false],
    ["a TLS record's own header", (c) => c.used([open(2, { half: true })]), true],
  ];
  for (const [what, prove, verified] of cases) {
    const coverage = covering("string references");
    coverage.used([open(1)]);
    deepEqual(prove(coverage).map(({ status }) => status), verified ? ["verified"] : [], what);
  }
});

Deno.test("hooks found by what code looks like go when nothing they give is plain text", () => {
  for (
    const [method, first, rejected] of [
      ["string references", "other", [3]],
      ["string references", "http1", []],
      ["symbols", "other", []],
    ] as const
  ) {
    const coverage = covering(method);
    const said = ([first, "other", "other", "other", "other", "other"] as const).flatMap((protocol, conn) => {
      coverage.used([open(conn)]);
      return coverage.spoke([{ conn, protocol }], ts);
    });
    deepEqual(coverage.takeRejected(), rejected);
    equal(said.some(({ status }) => status === "rejected"), rejected.length > 0);
  }
});
