import { deepEqual, equal } from "node:assert/strict";
import type { Micros } from "../event.ts";
import { Coverage } from "./coverage.ts";

const actor = { pid: 5, tid: 6, start: 1 as Micros, comm: "curl" };
const ts = 9 as Micros;

Deno.test("a process's first use of a library is said once, with what is known of both", () => {
  const coverage = new Coverage();
  coverage.hooked([{ id: 3, path: "/lib/libssl.so.3", method: "symbols" }]);
  coverage.observe([{
    kind: "process.exec",
    ...actor,
    ts,
    ppid: 1,
    exe: "/usr/bin/curl",
    argv: [],
    cwd: "/",
    uid: 0,
  }]);
  const [event] = coverage.used({ actor, library: 3, ts });
  deepEqual([event?.exe, event?.library, event?.status], ["/usr/bin/curl", "/lib/libssl.so.3", "attached"]);
  equal(coverage.used({ actor, library: 3, ts }).length, 0);
  equal(coverage.used({ actor: { ...actor, start: 2 as Micros }, library: 3, ts }).length, 1);
});
