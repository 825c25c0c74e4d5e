/** A small recording of what processes did: an agent, a tool of it, a server beside them; errors and unknown ends. */
import type { Actor, Draft, Event, Micros, SessionId } from "../event.ts";
import { llmCalled } from "../testdata/events.ts";

const START = 1_760_000_000_000_000;
const SESSION = "aaa-100" as SessionId;

const AGENT = { pid: 100, tid: 100, start: START as Micros, comm: "claude" };
const TOOL = { pid: 101, tid: 101, start: START + 1_000_000 as Micros, comm: "sh" };
const SERVER = { pid: 300, tid: 300, start: START as Micros, comm: "python3" };

type Deed = Draft extends infer D ? D extends Draft ? Omit<D, keyof Actor | "ts"> : never : never;

/** Numbered and a second apart, as the pipeline gives them. */
function did(who: Actor, ...deeds: readonly Deed[]): Omit<Event, "seq">[] {
  const session = who === SERVER ? "bbb-300" as SessionId : SESSION;
  return deeds.map((deed) =>
    ({ ...who, session, ts: 0 as Micros, ...deed }) as unknown as Omit<Event, "seq">
  );
}

const opened = {
  kind: "file.open",
  type: "file",
  created: false,
  flags: "O_RDONLY",
  access: "read",
  result: 0,
} as const;
const closed = { kind: "file.close", read_bytes: 0, written_bytes: 0 } as const;
const program = { kind: "process.exec", ppid: 1, cwd: "/w", uid: 1000, gid: 1000 } as const;
const connected = { kind: "net.connect", transport: "stream", result: 0, latency_us: 1500 } as const;
const disconnected = { kind: "net.close", transport: "stream", local_port: 40000 } as const;
const api = { family: "inet", addr: "203.0.113.7", port: 443 } as const;
const local = { family: "inet6", addr: "::1", port: 8080 } as const;
const ids = { uid: 1000, gid: 1000, euid: 1000, egid: 1000, caps: "0" };
const { pid: _pid, tid: _tid, start: _start, comm: _comm, seq: _seq, ts: _ts, session: _session, ...call } =
  llmCalled(1);

const ALL = [
  ...did(
    AGENT,
    { ...program, exe: "/usr/bin/claude", argv: ["claude", "-p", "go"] },
    {
      kind: "dns.answer",
      name: "api.example.com",
      type: "A",
      server: "9.9.9.9",
      code: "NOERROR",
      addresses: [api.addr],
      aliases: [],
    },
    { ...connected, ...api },
    { kind: "net.host", ...api, host: "api.example.com", source: "sni" },
    call,
    { kind: "process.fork", ppid: 1, child: TOOL.pid, child_start: TOOL.start },
  ),
  ...did(
    TOOL,
    {
      ...program,
      ppid: AGENT.pid,
      exe: "/bin/sh",
      argv: ["sh", "-c", "make"],
      container: "c0ffee".padEnd(64, "0"),
    },
    { ...opened, path: "/etc/passwd", count: 3 },
    { ...closed, path: "/etc/passwd", read_bytes: 900, count: 3 },
    { ...opened, path: "/w/out.tmp", access: "write", created: true },
    { ...closed, path: "/w/out.tmp", written_bytes: 5000 },
    { kind: "file.rename", from: "/w/out.tmp", to: "/w/out", result: 0 },
    { kind: "file.unlink", path: "/w/old", result: null },
    { kind: "file.unlink", path: "/w/older", result: -2 },
    { ...opened, path: "pipe:[77]", type: "pipe" },
    { ...connected, ...local },
    { kind: "net.peer", ...local, local_port: 40000, peer: { ...SERVER, exe: "/usr/bin/python3" } },
    { ...connected, ...api, port: 81, result: -111 },
    { ...connected, ...api, port: 82, result: -115 },
    {
      kind: "net.close",
      family: "inet",
      addr: "",
      port: 0,
      transport: "stream",
      local_port: 0,
      sent_bytes: 0,
      received_bytes: 0,
    },
    { kind: "process.cred", call: "setuid", old: ids, new: ids, result: -1 },
    { kind: "process.signal", signal: 15, target: 100, result: 0, count: 2 },
    { ...disconnected, ...local, sent_bytes: 20, received_bytes: 3000 },
    {
      ...{ kind: "process.exit", ppid: AGENT.pid, code: 2, duration_us: 9_000_000, cpu_us: 250_000 },
      ...{ rss_peak_kb: 2048, read_bytes: 900, written_bytes: 5000 },
    },
  ),
  ...did(AGENT, {
    ...disconnected,
    ...api,
    sent_bytes: 2048,
    received_bytes: 70_000,
    host: "api.example.com",
  }),
  ...did(
    SERVER,
    { ...program, exe: "/usr/bin/python3", argv: ["python3", "-m", "http.server"] },
    { kind: "net.listen", family: "inet6", addr: "::", port: 8080, backlog: 5, result: 0 },
    { kind: "net.accept", family: "inet6", addr: "::1", port: 40000, local_port: 8080, result: 0 },
    { kind: "net.accept", family: "inet6", addr: "::1", port: 40001, local_port: 8080, result: 0 },
    {
      ...disconnected,
      family: "inet6",
      addr: "::1",
      port: 40000,
      local_port: 8080,
      sent_bytes: 3000,
      received_bytes: 20,
    },
    {
      kind: "net.close",
      family: "unix",
      addr: "",
      port: 0,
      transport: "stream",
      local_port: 0,
      sent_bytes: 7,
      received_bytes: 7,
    },
  ),
  ...did({ ...AGENT, pid: 0 }, {
    kind: "loss",
    class: "file",
    reason: "throttled",
    unit: "events",
    count: 3,
  }),
  ...did({ ...AGENT, pid: 0 }, {
    kind: "loss",
    class: "file",
    reason: "control ring full",
    unit: "events",
    count: 4,
  }),
];

/** What everything was recorded as; reports must give the same for every way that it was cut into batches. */
export const EFFECTS: readonly Event[] = ALL.map((event, i) =>
  ({ ...event, seq: i + 1, ts: START + (i + 1) * 1_000_000 }) as Event
);
