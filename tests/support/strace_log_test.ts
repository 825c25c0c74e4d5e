import assert from "node:assert/strict";
import fc from "fast-check";
import { parseStrace } from "./strace_log.ts";

const call = { type: "call", tid: 1 };

Deno.test("calls, with what they returned", () => {
  const log = `1  1.5 close(3<\\x2f>) = 0
1 1.5 openat(AT_FDCWD<\\x2f>, "\\x61", O_RDONLY) = -1 ENOENT (No such file or directory)
1 1.5 brk(NULL)                = 0x10
1 1.5 read(0,  <unfinished ...>
2 1.5 getpid() = 2
1 1.5 <... read resumed>"\\x61", 1) = 1
1 1.5 wait4(-1, 0x1, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)
1 1.5 --- SIGCHLD {si_signo=SIGCHLD} ---
nonsense
1 1.5 exit_group(0) = ?
1 1.5 +++ exited with 0 +++
2 1.5 pause( <unfinished ...>
2 1.5 +++ killed by SIGABRT (core dumped) +++
`;
  assert.deepEqual(parseStrace(log), [
    { ...call, name: "close", args: ["3<\\x2f>"], result: 0, answer: "0", begins: 1, ends: 1 },
    {
      ...call,
      name: "openat",
      args: ["AT_FDCWD<\\x2f>", '"\\x61"', "O_RDONLY"],
      result: -2,
      answer: "-1 ENOENT (No such file or directory)",
      begins: 2,
      ends: 2,
    },
    { ...call, name: "brk", args: ["NULL"], result: 16, answer: "0x10", begins: 3, ends: 3 },
    { ...call, tid: 2, name: "getpid", args: [], result: 2, answer: "2", begins: 5, ends: 5 },
    { ...call, name: "read", args: ["0", '"\\x61"', "1"], result: 1, answer: "1", begins: 4, ends: 6 },
    { ...call, name: "exit_group", args: ["0"], result: null, answer: "?", begins: 10, ends: 10 },
    { type: "exit", tid: 1, code: 0, begins: 11, ends: 11 },
    { ...call, tid: 2, name: "pause", args: [], result: null, answer: "?", begins: 12, ends: 13 },
    { type: "exit", tid: 2, signal: 6, core: true, begins: 13, ends: 13 },
  ]);
});

Deno.test("a thread that becomes another program goes on as the first thread", () => {
  for (const pause of ["unfinished", "pid changed to 1"]) {
    const log = `2 1.5 execve("\\x61", [], [] <${pause} ...>
1 1.5 futex(0x1, FUTEX_WAIT1 1.5 +++ superseded by execve in pid 2 +++
1 1.5 <... execve resumed>) = 0
`;
    const args = ['"\\x61"', "[]", "[]"];
    assert.deepEqual(parseStrace(log), [
      { ...call, name: "execve", args, result: 0, answer: "0", begins: 1, ends: 3 },
    ]);
  }
});

Deno.test("any text is read", () => {
  const line = fc.constantFrom(
    "1 1.5 ",
    "2 1.5 ",
    "read(",
    "<... read resumed>",
    " <unfinished ...>",
    ") = 0",
    "\n",
    "+++ ",
  );
  fc.assert(fc.property(fc.array(line), (lines) => void parseStrace(lines.join(""))));
});
