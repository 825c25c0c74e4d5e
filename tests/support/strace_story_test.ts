import assert from "node:assert/strict";
import type { Event } from "../../src/event.ts";
import { compare } from "./conformance.ts";
import { differentTotals } from "./conformance_totals.ts";
import type { Credentials } from "./strace_credentials.ts";
import { parseStrace } from "./strace_log.ts";
import type { TracedProcess } from "./strace_processes.ts";
import { expectedEvents } from "./strace_story.ts";

const ids = { ruid: 0, euid: 0, suid: 0, fsuid: 0, rgid: 0, egid: 0, sgid: 0 };
const root: Credentials = { ...ids, permitted: 0xffn, effective: 0xffn };

/** Text as strace -xx writes it. */
function x(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(
    "",
  );
}

function story(lines: readonly string[]): TracedProcess[] {
  return expectedEvents(parseStrace(lines.join("\n")), { cwd: "/home", credentials: root });
}

/** Kind and what tells events apart, in one line. */
function told(processes: readonly TracedProcess[]): string[] {
  return processes.flatMap(({ pid, expected }) =>
    expected.map(({ kind, tid, fields }) => {
      const { path, read_bytes, written_bytes, implicit, child, thread, result, code } = fields;
      const shown = { path, read_bytes, written_bytes, implicit, child, thread, result, code };
      return `${pid}/${tid} ${kind} ${JSON.stringify(shown).replaceAll('"', "")}`;
    })
  );
}

const a = `3<${x("/home/a")}>`;

Deno.test("a file is closed with its last descriptor, with the bytes of all", () => {
  assert.deepEqual(
    told(story([
      `1 1.0 openat(AT_FDCWD<${x("/home")}>, "${x("./a")}", O_RDWR) = ${a}`,
      `1 1.0 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>`,
      `2 1.0 write(${a}, "", 5) = 5`,
      `1 1.0 <... clone resumed>) = 2`,
      `1 1.0 dup2(${a}, 4) = 4<${x("/home/a")}>`,
      `1 1.0 read(${a}, "", 7) = 7`,
      `1 1.0 close(${a}) = 0`,
      `1 1.0 close(4<${x("/home/a")}>) = 0`,
      `2 1.0 +++ exited with 3 +++`,
      `1 1.0 unlink("${x("../b//c/.")}") = -1 ENOENT (No such file or directory)`,
    ])),
    [
      "1/1 file.open {path:/home/a,result:0}",
      "1/1 process.fork {child:2}",
      "1/1 file.unlink {path:/home/../b/c,result:-2}",
      "2/2 file.close {path:/home/a,read_bytes:7,written_bytes:5,implicit:true}",
      "2/2 process.exit {read_bytes:{value:0},written_bytes:5,code:3}",
    ],
  );
});

Deno.test("threads share descriptors, and a program that starts closes those that ask for it", () => {
  assert.deepEqual(
    told(story([
      `1 1.0 clone3({flags=CLONE_THREAD|CLONE_FILES|CLONE_FS, stack=0x1}, 88) = 2`,
      `2 1.0 openat(AT_FDCWD<${x("/home")}>, "${x("a")}", O_RDONLY|O_CLOEXEC) = ${a}`,
      `2 1.0 execve("${x("./missing")}", [], []) = -1 ENOENT (No such file or directory)`,
      `2 1.0 execve("${x("./gone")}", [], [] <pid changed to 1 ...>`,
      `1 1.0 +++ superseded by execve in pid 2 +++`,
      `1 1.0 <... execve resumed>) = 0`,
      `1 1.0 +++ exited with 0 +++`,
    ])),
    [
      "1/1 process.thread {thread:2}",
      "1/2 file.open {path:/home/a,result:0}",
      "1/2 process.exec_failed {path:/home/missing,result:-2}",
      "1/1 file.close {path:/home/a,read_bytes:0,written_bytes:0,implicit:true}",
      "1/1 process.exec {}",
      "1/1 process.exit {read_bytes:{value:0},written_bytes:0,code:0}",
    ],
  );
});

const log = [
  `1 1.0 execve("${x("/nowhere/program")}", ["${x("program")}"], []) = 0`,
  `1 1.0 unlink("${x("a\xff")}") = 0`,
  `1 1.0 unlink("${x("a")}") = -1 ENOENT (No such file or directory)`,
];
const head = { seq: 1, ts: 1, session: null, pid: 1, tid: 1, start: 1, comm: "program" };
const exec = { ...head, kind: "process.exec", argv: ["program"], cwd: "/home", uid: 0, gid: 0 };
const unlinked = { ...head, kind: "file.unlink", path_exact: false };
const first = { ...unlinked, path: "/home/aÿ", result: 0 },
  second = { ...unlinked, path: "/home/a", result: -2 };

function compared(...events: readonly object[]): number[] {
  const { matched, missing, invented, different } = compare(events as Event[], story(log));
  return [matched, missing.length, invented.length, different.length];
}

Deno.test("what is missing, invented, different or out of order is noticed", () => {
  const before = { ...first, path: "/what/strace/did" };
  assert.deepEqual(compared(before, exec, first, second), [3, 0, 0, 0]);
  assert.deepEqual(compared(exec, first), [2, 1, 0, 0]);
  assert.deepEqual(compared(exec, first, second, { ...second }), [3, 0, 1, 0]);
  assert.deepEqual(compared(exec, first, { ...second, start: 2 }), [2, 1, 1, 0]);
  assert.deepEqual(compared(exec, first, { ...second, result: 0 }), [3, 0, 0, 1]);
  assert.deepEqual(compared(exec, first, { ...second, path_exact: undefined }), [3, 0, 0, 1]);
  assert.deepEqual(compared(exec, first, { ...second, tid: 2 }), [2, 1, 1, 0]);
  assert.deepEqual(compared(exec, second, first).slice(1, 3), [1, 1]);
  assert.deepEqual(compared(exec, { ...head, kind: "file.rmdir" }, first, second), [3, 0, 1, 0]);
});

Deno.test("sums are compared whatever was folded", () => {
  const totals = (...events: readonly object[]) => differentTotals(events as Event[], story(log));
  assert.deepEqual(totals(exec, first, second), []);
  assert.deepEqual(totals(exec, { ...first, count: 2 }, second), [
    "file.unlink /home/aÿ: 2 with 0 bytes, not 1 with 0",
  ]);
  assert.deepEqual(totals(exec, first), ["file.unlink /home/a: 0 with 0 bytes, not 1 with 0"]);
});
