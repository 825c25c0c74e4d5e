/** Rows and events for the tests of the models, complete but for what a test is about. */
import type { AsOf, CallRow, Event, LlmCalled, ProcessRow, SessionId, Summary } from "../api.ts";
import type { StreamItem } from "../stream.ts";

export const SESSION = "a1b2-10" as SessionId;

export function processRow(
  row: { pid: number; start?: number } & Partial<Omit<ProcessRow, "start">>,
): ProcessRow {
  const { start = 1, ...rest } = row;
  return {
    start: start as ProcessRow["start"],
    ppid: 1,
    session: SESSION,
    comm: "sh",
    exe: "/bin/sh",
    argv: ["sh"],
    cwd: "/",
    ended: null,
    code: null,
    signal: null,
    calls: 0,
    files: 0,
    connections: 0,
    ...rest,
  };
}

export function callRow(seq: number, row: Partial<CallRow> = {}): CallRow {
  const ts = seq * 1000 as CallRow["ts"];
  return {
    seq,
    ts,
    session: SESSION,
    pid: 10,
    start: 1 as CallRow["start"],
    comm: "agent",
    id: `call-${seq}`,
    provider: "anthropic",
    api: "anthropic.messages",
    model: "m",
    endpoint: "https://example.test/v1/messages",
    streaming: true,
    conversation: null,
    thread: `call-${seq}`,
    continues: null,
    compacted: false,
    subagent: null,
    purpose: null,
    retry_of: null,
    error: null,
    usage: {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_tokens: null,
      cache_write_tokens: null,
      reasoning_tokens: null,
    },
    cost_usd: 0.5,
    timing: { start: ts, ttft_ms: 1, duration_ms: 2, tokens_per_s: null },
    complete: true,
    gaps: 0,
    status: 200,
    prompt: "p",
    prompt_from: "user",
    answer: "a",
    tools: [],
    ...row,
  };
}

export const EMPTY_SUMMARY: Summary & AsOf = {
  seq: 0,
  first_ts: null,
  last_ts: null,
  sessions: 0,
  calls: 0,
  incomplete_calls: 0,
  failed_calls: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cost_usd: 0,
  unpriced_calls: 0,
  models: [],
  tools: [],
  processes: 0,
  execs: 0,
  files_opened: 0,
  files_written: 0,
  connections: 0,
  files_removed: 0,
  files_renamed: 0,
  file_read_bytes: 0,
  file_written_bytes: 0,
  connections_failed: 0,
  net_sent_bytes: 0,
  net_received_bytes: 0,
  loss: [],
};

type Streamed = Exclude<Event, LlmCalled>;

/** An event of process 10, started at 1, with the fields of its kind. */
export function event<K extends Streamed["kind"]>(
  seq: number,
  fields: { kind: K } & Record<string, unknown>,
): Extract<Streamed, { kind: K }> {
  const head = { seq, ts: seq * 1000, session: SESSION, pid: 10, tid: 10, start: 1, comm: "agent" };
  return { ...head, ...fields } as unknown as Extract<Streamed, { kind: K }>;
}

export function streamed(event: Streamed): StreamItem {
  return { type: "event", event };
}
