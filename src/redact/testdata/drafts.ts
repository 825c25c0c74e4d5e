/** Events as the stages before redaction give them. */
import type { Draft, Kind, LlmCalled, Micros } from "../../event.ts";
import { callFields } from "../../testdata/events.ts";

export const ACTOR = { pid: 7, tid: 7, start: 1 as Micros, ts: 2 as Micros, comm: "agent" };

/** A value without a known form. */
export const SECRET = "zQ8vT2mK9pL4xR7wB1nC";

export function exec(...argv: string[]): Draft {
  return { kind: "process.exec", ...ACTOR, ppid: 1, exe: "/bin/x", argv, cwd: "/", uid: 0 };
}

export function opened(path: string): Draft {
  return { kind: "file.open", ...ACTOR, path, access: "read", created: false, result: 0 };
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
  return {
    "process.fork": { kind: "process.fork", ...ACTOR, ppid: 1, child: 2, child_start: 3 as Micros },
    "process.running": { kind: "process.running", ...program },
    "process.exec": { kind: "process.exec", ...program },
    "process.exit": { kind: "process.exit", ...ACTOR, ppid: 1, code: 0, duration_us: 1, rss_peak_kb: 1 },
    "file.open": { kind: "file.open", ...file, access: "read", created: false },
    "file.close": { kind: "file.close", ...file, read_bytes: 1, written_bytes: 2 },
    "file.unlink": { kind: "file.unlink", ...file },
    "file.rmdir": { kind: "file.rmdir", ...file },
    "file.mkdir": { kind: "file.mkdir", ...file },
    "file.rename": { kind: "file.rename", ...ACTOR, from: `/a/${text}`, to: `/b/${text}`, result: 0 },
    "net.connect": { kind: "net.connect", ...ACTOR, family: "inet", addr: "10.0.0.1", port: 443, result: 0 },
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
  };
}
