/** Events as the stages before redaction give them. */
import type { Draft, Kind, LlmCalled, Micros } from "../../event.ts";
import { callFields } from "../../testdata/events.ts";

export const ACTOR = { pid: 7, tid: 7, start: 1 as Micros, ts: 2 as Micros, comm: "agent" };

/** A value without a known form. */
export const SECRET = "zQ8vT2mK9pL4xR7wB1nC";

export function exec(...argv: string[]): Draft {
  return { kind: "process.exec", ...ACTOR, ppid: 1, exe: "/bin/x", argv, cwd: "/", uid: 0, gid: 0 };
}

export function opened(path: string): Draft {
  return { kind: "file.open", ...ACTOR, path, access: "read", created: false, flags: "O_RDONLY", result: 0 };
}

export function tool(input: unknown): Draft {
  return { kind: "tool.call", run_by: "agent", ...ACTOR, id: "t1", name: "bash", input, llm_call: "c1" };
}

export function exchange(headers: Record<string, string>, url = "https://h/v1"): Draft {
  return {
    kind: "http.exchange",
    ...ACTOR,
    method: "POST",
    url,
    status: 200,
    version: "1.1",
    req_headers: headers,
    resp_headers: {},
    req_bytes: 1,
    resp_bytes: 1,
    duration_ms: 1,
    role: "client",
    peer: null,
    complete: true,
    gaps: 0,
  };
}

export function mcp(said: { params?: unknown; result?: unknown; error?: unknown }): Draft {
  return {
    kind: "mcp.message",
    ...ACTOR,
    transport: "http",
    role: "client",
    direction: "send",
    type: "request",
    method: "tools/call",
    id: 1,
    ...said,
    peer: null,
    endpoint: `https://h/mcp?key=${SECRET}`,
    server: "files",
    protocol_version: "2025-06-18",
    duration_ms: null,
    tool_call: null,
    complete: true,
  };
}

export function delta(text: string, id = "c1"): Draft {
  return { kind: "llm.delta", ...ACTOR, id, text };
}

export function call(text: string, id = "c1"): Draft<LlmCalled> {
  const fields = callFields({
    id,
    model: "m",
    endpoint: "https://h/v1?key=" + SECRET,
    prompt: text,
    answer: text,
    request: {
      system: [{ type: "text", content: "be brief" }],
      tools: [{ name: "bash", description: "runs", parameters: { type: "object" } }],
      max_tokens: 5,
    },
    response: { tool_calls: [{ id: "t1", name: "bash", input: { cmd: text } }], stop_reason: null },
    usage: { input_tokens: 1, output_tokens: 2 },
    usage_raw: { nested: [text] },
  });
  return { kind: "llm.call", ...ACTOR, ...fields };
}

/** One event of every kind with `text` wherever text of others can stand. */
export function everyKind(text: string): Readonly<Record<Kind, Draft>> {
  const file = { ...ACTOR, path: `/home/${text}`, path_b64: btoa(text), result: 0 };
  const program = { ...ACTOR, ppid: 1, exe: "/bin/x", argv: ["x", text], cwd: "/", uid: 0 };
  const names = { from: `/a/${text}`, to: `/b/${text}` };
  const ids = { uid: 0, gid: 0, euid: 0, egid: 0, caps: "1ffffffffff" };
  const socket = { family: "unix", addr: `/run/${text}`, port: 0 } as const;
  const named = { name: text, name_b64: btoa(text) };
  const dns = { name: text, type: "A", server: "127.0.0.53" };
  return {
    "process.fork": { kind: "process.fork", ...ACTOR, ppid: 1, child: 2, child_start: 3 as Micros },
    "process.running": { kind: "process.running", ...program },
    "process.thread": { kind: "process.thread", ...ACTOR, thread: 8 },
    "process.exec": { kind: "process.exec", ...program, gid: 0, script: `/s/${text}`, env: ["HOME", text] },
    "process.exec_failed": { kind: "process.exec_failed", ...file, result: -2 },
    "process.exit": {
      ...{ kind: "process.exit", ...ACTOR, ppid: 1, code: 0, duration_us: 1, cpu_us: 1, rss_peak_kb: 1 },
      ...{ read_bytes: 1, written_bytes: 2 },
    },
    "process.setsid": { kind: "process.setsid", ...ACTOR, sid: 7, result: 0 },
    "process.cred": { kind: "process.cred", ...ACTOR, call: "setuid", old: ids, new: ids, result: 0 },
    "process.ns": {
      ...{ kind: "process.ns", ...ACTOR, call: "unshare", namespaces: ["net"], flags: 0x40000000, result: 0 },
    },
    "process.ptrace": { kind: "process.ptrace", ...ACTOR, request: "PTRACE_ATTACH", target: 8, result: 0 },
    "process.signal": { kind: "process.signal", ...ACTOR, signal: 9, target: 8, result: 0 },
    "process.memfd": { kind: "process.memfd", ...ACTOR, ...named, flags: 1, result: 0 },
    "process.exec_memory": {
      ...{ kind: "process.exec_memory", ...ACTOR, call: "mmap", bytes: 4096, writable: true, result: 0 },
    },
    "process.kernel": { kind: "process.kernel", ...file, call: "finit_module" },
    "process.name": { kind: "process.name", ...ACTOR, ...named, result: 0 },
    "file.open": { kind: "file.open", ...file, access: "read", created: false, flags: "O_RDONLY" },
    "file.io": { kind: "file.io", ...file, read_bytes: 1, written_bytes: 2 },
    "file.close": { kind: "file.close", ...file, read_bytes: 1, written_bytes: 2 },
    "file.unlink": { kind: "file.unlink", ...file },
    "file.rmdir": { kind: "file.rmdir", ...file },
    "file.mkdir": { kind: "file.mkdir", ...file, mode: "755" },
    "file.mknod": { kind: "file.mknod", ...file, mode: "644" },
    "file.rename": { kind: "file.rename", ...ACTOR, ...names, result: 0 },
    "file.link": { kind: "file.link", ...ACTOR, ...names, result: 0 },
    "file.symlink": { kind: "file.symlink", ...file, target: `../${text}` },
    "file.truncate": { kind: "file.truncate", ...file, bytes: 0 },
    "file.chmod": { kind: "file.chmod", ...file, mode: "644" },
    "file.chown": { kind: "file.chown", ...file, uid: 0, gid: -1 },
    "file.xattr": { kind: "file.xattr", ...file, operation: "set", name: text },
    "file.mmap": { kind: "file.mmap", ...file, bytes: 4096 },
    "net.socket": {
      ...{ kind: "net.socket", ...ACTOR, family: "inet", transport: "stream", protocol: 6, result: 0 },
    },
    "net.connect": {
      ...{
        kind: "net.connect",
        ...ACTOR,
        ...socket,
        transport: "stream",
        latency_us: 5,
        host: text,
        result: 0,
      },
    },
    "net.bind": { kind: "net.bind", ...ACTOR, ...socket, result: 0 },
    "net.listen": { kind: "net.listen", ...ACTOR, ...socket, backlog: 5, result: 0 },
    "net.accept": { kind: "net.accept", ...ACTOR, ...socket, local_port: 0, result: 0 },
    "net.send": { kind: "net.send", ...ACTOR, ...socket, host: text },
    "net.close": {
      ...{ kind: "net.close", ...ACTOR, ...socket, transport: "stream", local_port: 0, host: text },
      ...{ sent_bytes: 1, received_bytes: 2 },
    },
    "net.peer": {
      ...{ kind: "net.peer", ...ACTOR, ...socket, local_port: 0 },
      peer: { pid: 8, tid: 8, start: 1 as Micros, comm: "x", exe: `/bin/${text}` },
    },
    "net.host": { kind: "net.host", ...ACTOR, ...socket, host: text, source: "sni" },
    "dns.query": { kind: "dns.query", ...ACTOR, ...dns },
    "dns.answer": {
      ...{ kind: "dns.answer", ...ACTOR, ...dns, code: "NOERROR", addresses: ["10.0.0.1"], aliases: [text] },
    },
    "http.exchange": exchange({ "x-note": text }, `https://h/v1?q=${encodeURIComponent(text)}`),
    "llm.call": { ...call(text), error: { type: "overloaded", message: text } },
    "llm.delta": delta(`${text} `),
    "tool.call": tool({ command: text }),
    "tool.result": {
      kind: "tool.result",
      run_by: "agent",
      ...ACTOR,
      id: "t1",
      name: "bash",
      is_error: false,
      bytes: 5,
      llm_call: "c1",
    },
    "mcp.message": mcp({ params: { note: text }, result: [text], error: { message: text } }),
    loss: { kind: "loss", ...ACTOR, class: "record", reason: "malformed", unit: "events", count: 1 },
    coverage: {
      kind: "coverage",
      ...ACTOR,
      exe: "/bin/x",
      library: null,
      stack: null,
      method: null,
      status: "attached",
      since: 1 as Micros,
    },
    resource: {
      ...{ kind: "resource", ...ACTOR, processes: 1, threads: 1, cpu_us: 1, cpu_percent: 1, rss_kb: 1 },
      ...{ read_bytes: 1, written_bytes: 2 },
    },
  };
}
