import { equal, notEqual } from "node:assert/strict";
import type { Draft, Micros } from "../event.ts";
import { Sessions } from "./sessions.ts";

const at = (time: number) => time as Micros;
const USED = { duration_us: 1, cpu_us: 1, rss_peak_kb: 1, read_bytes: 0, written_bytes: 0 };
const actor = (pid: number, start: number) => ({
  pid,
  tid: pid,
  start: at(start),
  comm: "x",
  ts: at(start + 1),
});

function exec(pid: number, start: number): Draft {
  return {
    kind: "process.exec",
    ...actor(pid, start),
    ppid: 1,
    exe: "/x",
    argv: [],
    cwd: "/",
    uid: 0,
    gid: 0,
  };
}

function fork(parent: [number, number], child: [number, number]): Draft {
  return {
    kind: "process.fork",
    ...actor(...parent),
    ppid: parent[0],
    child: child[0],
    child_start: at(child[1]),
  };
}

function running(pid: number, start: number, ppid: number): Draft {
  return {
    kind: "process.running",
    ...actor(pid, start),
    ppid,
    exe: "/x",
    argv: [],
    cwd: "/",
    uid: 0,
  };
}

function exit(pid: number, start: number): Draft {
  return { kind: "process.exit", ...actor(pid, start), ppid: 1, code: 0, ...USED };
}

Deno.test("a forked child belongs to its parent's session, and its children too", () => {
  const sessions = new Sessions();
  const root = sessions.of(exec(10, 100));
  sessions.of(fork([10, 100], [11, 200]));
  sessions.of(fork([11, 200], [12, 300]));
  equal(sessions.of(exec(12, 300)), root);
  equal(root, `${(100).toString(36)}-10`);
});

Deno.test("a reused pid is another session", () => {
  const sessions = new Sessions();
  const first = sessions.of(exec(10, 100));
  sessions.of(exit(10, 100));
  notEqual(sessions.of(exec(10, 500)), first);
});

Deno.test("an event that arrives after its process's exit keeps the session", () => {
  const sessions = new Sessions();
  const first = sessions.of(exec(10, 100));
  sessions.of(exit(10, 100));
  equal(sessions.of(exec(10, 100)), first);
});

Deno.test("a process that ran already joins its parent's session, but never init's", () => {
  const sessions = new Sessions();
  const root = sessions.of(running(10, 100, 5));
  equal(sessions.of(running(11, 200, 10)), root);
  sessions.of(running(1, 1, 0));
  notEqual(sessions.of(running(20, 300, 1)), sessions.of(running(1, 1, 0)));
});

Deno.test("two trees are two sessions", () => {
  const sessions = new Sessions();
  notEqual(sessions.of(exec(10, 100)), sessions.of(exec(20, 100)));
});

Deno.test("a process listed by /proc, whose start is known to a tick, is the one of the records", () => {
  const sessions = new Sessions();
  const listed = sessions.of(running(10, 50_000, 1));
  equal(sessions.of(exec(10, 59_999)), listed);
  equal(sessions.of(fork([10, 59_999], [11, 70_000])), listed);
  notEqual(sessions.of(exec(10, 60_000)), listed);
  // Records are exact.
  notEqual(sessions.of(exec(11, 70_001)), listed);
});
