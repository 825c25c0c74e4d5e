/** A small recording with everything a report can be asked for: two agents, a retry, a subagent, gaps. */
import type { Event, LlmCalled, Micros, Part, SessionId, Usage } from "../event.ts";
import { event, llmCalled } from "../testdata/events.ts";

const START = 1_760_000_000_000_000;
const CLAUDE = {
  pid: 100,
  tid: 100,
  start: START as Micros,
  comm: "claude",
  session: "aaa-100" as SessionId,
};
const SCRIPT = {
  pid: 200,
  tid: 200,
  start: START as Micros,
  comm: "python3",
  session: "bbb-200" as SessionId,
};
const MCP_SERVER = { pid: 101, tid: 101, start: START as Micros, comm: "mcp-server" };

type Who = typeof CLAUDE;

function text(content: string): Part {
  return { type: "text", content };
}

function used(input: number | null, output: number | null, more: Partial<Usage> = {}): Usage {
  const none = { cache_read_tokens: null, cache_write_tokens: null, reasoning_tokens: null };
  return { input_tokens: input, output_tokens: output, ...none, ...more };
}

/** One second after the other. */
function at(seq: number): { seq: number; ts: Micros } {
  return { seq, ts: START + seq * 1_000_000 as Micros };
}

function started(seq: number, { who, exe, argv }: { who: Who; exe: string; argv: string }): Event {
  const program = { ppid: 1, exe, argv: argv.split(" "), cwd: "/w", uid: 0, gid: 0 };
  return { ...event("process.exec", seq, program), ...who, ...at(seq) };
}

type CallFields = Partial<LlmCalled> & {
  who: Who;
  messages: LlmCalled["request"]["messages"];
  parts: readonly Part[];
};

function call(seq: number, { who, messages, parts, ...rest }: CallFields): LlmCalled {
  const { request, response, timing, ...base } = llmCalled(seq, rest);
  const uses = parts.filter((part) => part.type === "tool_call").map(({ id, name, arguments: input }) => (
    { id: id ?? "", name, input }
  ));
  const answer = parts.map((part) => part.type === "text" ? part.content : "").join("");
  return {
    ...base,
    ...who,
    ...at(seq),
    request: { ...request, messages },
    response: { ...response, parts, text: answer, tool_calls: uses },
    timing: { ...timing, start: at(seq).ts, duration_ms: 1500 },
  };
}

/** The answer of a server that carries out the use `t1`: of a pipe each end tells what it wrote. */
function mcpAnswer(seq: number): Event {
  const message = event("mcp.message", seq, {
    transport: "stdio",
    role: "server",
    direction: "send",
    type: "response",
    method: "tools/call",
    id: 1,
    result: {},
    peer: { pid: CLAUDE.pid, start: CLAUDE.start, comm: CLAUDE.comm },
    endpoint: null,
    server: "shell",
    protocol_version: null,
    duration_ms: 250,
    tool_call: "t1",
    complete: true,
  });
  return { ...message, ...CLAUDE, ...MCP_SERVER, ...at(seq) };
}

const TASK = { role: "user", parts: [text("Merge the 筆記\nnow")] };
const USE: Part = { type: "tool_call", id: "t1", name: "Bash", arguments: { command: "sort a b" } };
const RESULT = {
  role: "user",
  parts: [{ type: "tool_call_response", id: "t1", response: "3 lines" } as const],
};

export const REPORTED: readonly Event[] = [
  started(1, { who: CLAUDE, exe: "/root/.local/bin/claude", argv: "claude -p" }),
  started(2, { who: SCRIPT, exe: "/usr/bin/python3.11", argv: "python3 review.py" }),
  call(3, {
    ...{ who: CLAUDE, messages: [TASK], parts: [], thread: "c3", conversation: "conv-1", model: "opus" },
    error: { type: "overloaded_error", message: "Overloaded" },
    usage: used(null, null),
    cost_usd: null,
  }),
  call(4, {
    ...{ who: CLAUDE, messages: [TASK], parts: [text("I look."), USE] },
    ...{ thread: "c3", conversation: "conv-1", retry_of: "c3", model: "opus", cost_usd: 0.5 },
    usage: used(1000, 100, { cache_read_tokens: 600, cache_write_tokens: 50, reasoning_tokens: 20 }),
  }),
  {
    ...event("tool.call", 5, { run_by: "agent", id: "t1", name: "Bash", input: {}, llm_call: "c4" }),
    ...CLAUDE,
    ...at(5),
  },
  mcpAnswer(6),
  {
    ...event("tool.result", 7, {
      run_by: "agent",
      id: "t1",
      name: "Bash",
      is_error: true,
      bytes: 7,
      llm_call: "c8",
    }),
    ...CLAUDE,
    ...at(7),
  },
  call(8, {
    ...{ who: CLAUDE, messages: [TASK, { role: "assistant", parts: [text("I look."), USE] }, RESULT] },
    ...{ thread: "c3", conversation: "conv-1", continues: "c4", appended: 1, model: "opus", cost_usd: 0.25 },
    parts: [text("Done \x1b[31m✔")],
    usage: used(1200, 30, { cache_read_tokens: 1000 }),
  }),
  call(9, {
    ...{ who: CLAUDE, messages: [{ role: "user", parts: [text("Check it.")] }], parts: [text("Fine.")] },
    ...{
      thread: "c9",
      conversation: "conv-1",
      subagent: true,
      spawned_by: "t1",
      model: "haiku",
      cost_usd: 0.125,
    },
    usage: used(40, 4),
  }),
  call(10, {
    ...{ who: SCRIPT, messages: [{ role: "user", parts: [text("review")] }], parts: [text("Half an ans")] },
    ...{ thread: "c10", model: null, provider: "unknown", cost_usd: null, complete: false, gaps: 12 },
    usage: used(7, null),
  }),
  {
    ...event("tool.call", 11, { run_by: "agent", id: "c10.0", name: "Bash", input: {}, llm_call: "c10" }),
    ...SCRIPT,
    ...at(11),
  },
  event("loss", 12, { class: "payload", reason: "ring full", unit: "bytes", count: 4096 }),
];
