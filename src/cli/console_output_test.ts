import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import pc from "picocolors";
import type { Event, Micros, SessionId } from "../event.ts";
import { llmCalled } from "../testdata/events.ts";
import { everyKind } from "../redact/testdata/drafts.ts";
import { formatEvent } from "./console_output.ts";

const options = { colors: pc.createColors(false), width: 120, verbose: false };
const head = {
  seq: 1,
  ts: 0 as Micros,
  session: "s" as SessionId,
  pid: 7,
  tid: 7,
  start: 0 as Micros,
  comm: "sh",
};

/** Without the time of day, which depends on the zone. */
function lines(event: Event, verbose = false): string[] {
  return formatEvent(event, { ...options, verbose }).map((line) =>
    line.replace(/^\d\d:\d\d:\d\d\.\d{3} /, "")
  );
}

const exit = { ...head, kind: "process.exit", ppid: 1, cpu_us: 5, read_bytes: 0, written_bytes: 0 } as const;
const open = {
  ...head,
  kind: "file.open",
  path: "/a",
  access: "write",
  created: false,
  flags: "O_WRONLY",
} as const;
const unix = { family: "unix", addr: "/run/x", port: 0 } as const;
const ids = { uid: 1000, gid: 1000, euid: 1000, egid: 1000, caps: "0" };

/** An event, its line, and its line with --verbose where that is another one. */
const cases: readonly (readonly [Event, quiet: string | null, verbose?: string])[] = [
  [
    {
      ...{ ...head, kind: "process.exec", ppid: 1, exe: "/bin/sh", argv: ["sh", "-c", "a\nb"], cwd: "/" },
      ...{ uid: 0, gid: 0 },
    },
    "exec     sh -c a⏎b",
  ],
  [{ ...head, kind: "process.exec_failed", path: "/x", result: -2 }, null, "exec     /x (ENOENT)"],
  [{ ...head, kind: "process.exec_failed", path: "/x", result: -13 }, "exec     /x (EACCES)"],
  [
    { ...exit, code: 0, duration_us: 1000, rss_peak_kb: 1 },
    null,
    "exit     exit 0 after 1 ms, 0 ms of processor, 1.0 KiB",
  ],
  [
    { ...exit, signal: 9, core: true, duration_us: 1_500_000, rss_peak_kb: 1 },
    "exit     killed by signal 9, with a core dump after 1.5 s",
    "exit     killed by signal 9, with a core dump after 1.5 s, 0 ms of processor, 1.0 KiB",
  ],
  [{ ...head, kind: "process.thread", thread: 8 }, null, "thread   → 8"],
  [
    { ...head, kind: "process.cred", call: "setuid", old: ids, new: { ...ids, uid: 0, euid: 0 }, result: 0 },
    "cred     setuid: uid 1000 → 0, euid 1000 → 0",
  ],
  [
    { ...head, kind: "process.cred", call: "setuid", old: ids, new: ids, result: -1 },
    "cred     setuid (EPERM)",
  ],
  [{ ...head, kind: "process.cred", call: "setgid", old: ids, new: ids, result: 0 }, null, "cred     setgid"],
  [
    { ...head, kind: "process.ns", call: "unshare", namespaces: ["net", "pid"], flags: 1, result: 0 },
    "ns       unshare net, pid",
  ],
  [
    { ...head, kind: "process.ptrace", request: "PTRACE_ATTACH", target: 9, result: null },
    "ptrace   PTRACE_ATTACH of 9 (it died within the call)",
  ],
  [
    { ...head, kind: "process.ptrace", request: "PTRACE_CONT", target: 9, result: 0 },
    null,
    "ptrace   PTRACE_CONT of 9",
  ],
  [{ ...head, kind: "process.signal", signal: 15, target: -9, result: 0 }, "signal   15 to group 9"],
  [{ ...head, kind: "process.signal", signal: 0, target: 9, result: 0 }, null, "signal   0 to 9"],
  [
    { ...head, kind: "process.kernel", call: "finit_module", path: "/m.ko", result: -1 },
    "kernel   finit_module /m.ko (EPERM)",
  ],
  [{ ...open, access: "read", result: 0 }, null, "file     opened to read /a"],
  [{ ...open, created: true, result: 0, count: 3 }, "file     created /a ×3"],
  [{ ...open, result: -13 }, "file     EACCES opening /a"],
  [{ ...open, path: "/dev/null", type: "character", result: 0 }, null, "file     opened to write /dev/null"],
  [
    { ...head, kind: "file.close", path: "/a", read_bytes: 1, written_bytes: 2048, count: 2 },
    "file     wrote 2.0 KiB to /a ×2",
    "file     closed /a, 1 B read, 2.0 KiB written ×2",
  ],
  [
    { ...head, kind: "file.close", path: "/a", read_bytes: 1, written_bytes: 0 },
    null,
    "file     closed /a, 1 B read, 0 B written",
  ],
  [
    { ...head, kind: "file.unlink", path: "/a", result: null },
    "file     removed /a (it died within the call)",
  ],
  [
    { ...head, kind: "file.rename", from: "/a", to: "/b", exchange: true, result: 0 },
    "file     exchanged /a → /b",
  ],
  [{ ...head, kind: "file.symlink", path: "/a", target: "../b", result: 0 }, "file     linked /a → ../b"],
  [
    { ...head, kind: "file.chown", path: "/a", uid: 0, gid: -1, result: -1 },
    "file     gave /a to user 0 (EPERM)",
  ],
  [
    { ...head, kind: "file.xattr", path: "/a", operation: "set", name: "user.x", result: 0 },
    "file     set user.x of /a",
  ],
  [
    {
      ...{ ...head, kind: "net.connect", family: "inet6", addr: "::1", port: 443, transport: "stream" },
      ...{ latency_us: 2000, result: -111 },
    },
    "connect  [::1]:443 (ECONNREFUSED)",
    "connect  [::1]:443 (ECONNREFUSED), 2 ms",
  ],
  [
    {
      ...{ ...head, kind: "net.connect", family: "inet", addr: "1.2.3.4", port: 443, transport: "stream" },
      ...{ latency_us: 2000, result: 0, host: "api.x.com" },
    },
    "connect  api.x.com (1.2.3.4:443)",
    "connect  api.x.com (1.2.3.4:443), 2 ms",
  ],
  [
    { ...head, kind: "net.connect", ...unix, transport: "stream", latency_us: 9, result: -2 },
    null,
    "connect  /run/x (ENOENT), 0 ms",
  ],
  [{ ...head, kind: "net.listen", ...unix, backlog: 5, result: 0 }, "listen   /run/x"],
  [{ ...head, kind: "net.send", family: "inet", addr: "8.8.8.8", port: 53 }, null, "send     8.8.8.8:53"],
  [
    {
      ...{ ...head, kind: "dns.answer", name: "x.com", type: "A", server: "8.8.8.8", code: "NXDOMAIN" },
      ...{ addresses: [], aliases: [] },
    },
    null,
    "dns      x.com A → NXDOMAIN",
  ],
];

for (const [event, quiet, verbose = quiet] of cases) {
  Deno.test(`a line for ${event.kind}: ${quiet ?? verbose}`, () => {
    const told = (line: string | null) => line === null ? [] : [`${line} sh 7`];
    deepEqual(lines(event), told(quiet));
    deepEqual(lines(event, true), told(verbose));
  });
}

Deno.test("every kind has a line of its own, or none", () => {
  for (const draft of Object.values(everyKind("x"))) {
    const event = { seq: 1, session: null, ...draft } as Event;
    if (event.kind === "coverage") continue;
    for (const line of [...lines(event), ...lines(event, true)]) doesNotMatch(line, /undefined|NaN|null/);
  }
});

Deno.test("a line for loss has no process", () => {
  const loss = { ...head, kind: "loss", class: "payload", reason: "ring full", unit: "bytes" } as const;
  deepEqual(lines({ ...loss, count: 4096, pid: 0, comm: "" }), [
    "LOST     4,096 bytes of payload: ring full",
  ]);
});

Deno.test("a call is a block: model and numbers, the last prompt, the answer", () => {
  const call = llmCalled(1, {
    ...head,
    prompt: "hi\u001b[31m",
    answer: "hello",
    usage: { input_tokens: 1200, cache_read_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0 },
    cost_usd: null,
    timing: { duration_ms: 20 },
    complete: false,
    gaps: 12,
  });
  const [first = "", ...rest] = lines(call);
  equal(first, "llm      claude 1,200 in · 5 out · unpriced · 20 ms incomplete sh 7");
  deepEqual(rest.map((line) => line.trim()), [
    "› hi\\u001b[31m",
    "‹ hello",
    "12 bytes missing from this call",
  ]);
});
