import { deepEqual, equal } from "node:assert/strict";
import pc from "picocolors";
import type { Event, Micros, SessionId } from "../event.ts";
import { llmCalled } from "../testdata/events.ts";
import { formatEvent } from "./console_output.ts";

const options = { colors: pc.createColors(false), width: 100, verbose: false };
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

const cases: readonly (readonly [Event, readonly string[]])[] = [
  [
    { ...head, kind: "process.exec", ppid: 1, exe: "/bin/sh", argv: ["sh", "-c", "a\nb"], cwd: "/", uid: 0 },
    ["exec     sh -c a⏎b sh 7"],
  ],
  [{ ...head, kind: "process.exit", ppid: 1, code: 0, duration_us: 1000, rss_peak_kb: 1 }, []],
  [
    { ...head, kind: "process.exit", ppid: 1, signal: 9, duration_us: 1_500_000, rss_peak_kb: 1 },
    ["exit     killed by signal 9 after 1.5 s sh 7"],
  ],
  [{ ...head, kind: "file.open", path: "/a", access: "read", created: false, result: 0 }, []],
  [
    { ...head, kind: "file.open", path: "/a", access: "write", created: true, result: 0, count: 3 },
    ["file     created /a ×3 sh 7"],
  ],
  [
    { ...head, kind: "file.open", path: "/a", access: "write", created: false, result: -13 },
    ["file     EACCES opening /a sh 7"],
  ],
  [
    { ...head, kind: "net.connect", family: "inet6", addr: "::1", port: 443, result: -111 },
    ["connect  [::1]:443 (ECONNREFUSED) sh 7"],
  ],
  [
    {
      ...head,
      kind: "loss",
      class: "payload",
      reason: "payload ring full",
      unit: "bytes",
      count: 4096,
      pid: 0,
      comm: "",
    },
    ["LOST     4,096 bytes of payload: payload ring full"],
  ],
];

for (const [event, expected] of cases) {
  Deno.test(`a line for ${event.kind}: ${expected[0] ?? "none"}`, () => deepEqual(lines(event), expected));
}

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
