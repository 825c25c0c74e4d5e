/**
 * The dashboard's HTTP API: paths, parameters and answers. The server implements it, `ui/api.ts` calls it.
 *
 * Every path needs the token (cookie, or `Authorization: Bearer`). Errors are `{ error: string }` with a 4xx/5xx.
 *
 * - `GET /api/info`                                   → {@link Info}
 * - `GET /api/summary`                                → {@link Summary} and {@link AsOf}
 * - `GET /api/calls?session&before&limit`             → {@link CallRow}[] newest first, without message bodies
 * - `GET /api/calls/:id`                              → the whole `llm.call` event, 404 when unknown
 * - `GET /api/processes?session`                      → {@link ProcessPage}
 * - `GET /api/events?kind&session&pid&after&before&limit` → {@link EventPage}; `kind` is comma separated, `file.*`
 *   allowed. With `before` and without `after` pages go backwards from there, each still ascending in itself.
 * - `GET /api/search?q&session&limit`                 → {@link SearchHit}[] over prompts and answers, best first
 * - `GET /api/stream?after`                           → SSE: `event: <kind>`, `id: <seq>`, `data: <event JSON>`,
 *   ascending and each once; `llm.call` as a {@link CallRow}. `Last-Event-ID`, or `after`, resumes behind that
 *   number from the recording; without one the stream has only what happens from now on.
 *   A client that falls behind what is queued for it gets the rest from the recording, too: only events that are
 *   not there either (it could not be written) are missing, and `event: dropped` `data: {"count":n}` says so.
 *   `llm.delta` is sent without an id and is not kept: a new client first gets, as one delta a call, the text so
 *   far of calls in progress; a slow one may miss some, which the finished call's text makes good.
 *   A call is in progress from its first `llm.delta` to its `llm.call`; there is no event for its request alone.
 */
import type { Event, LlmCalled, Micros, SessionId } from "../event.ts";

export interface Info {
  readonly version: string;
  readonly live: boolean;
  readonly recording: string;
  readonly started: Micros;
  readonly capture: string;
}

export interface Summary {
  readonly first_ts: Micros | null;
  readonly last_ts: Micros | null;
  readonly sessions: number;
  readonly calls: number;
  readonly incomplete_calls: number;
  readonly failed_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  /** Sum over priced calls. */
  readonly cost_usd: number;
  readonly unpriced_calls: number;
  readonly models: readonly {
    readonly model: string;
    readonly provider: string;
    readonly calls: number;
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cost_usd: number | null;
  }[];
  readonly tools: readonly { readonly name: string; readonly calls: number; readonly errors: number }[];
  readonly processes: number;
  readonly execs: number;
  readonly files_opened: number;
  readonly files_written: number;
  readonly connections: number;
  readonly files_removed: number;
  readonly files_renamed: number;
  /** Of regular files, as far as they have been closed. */
  readonly file_read_bytes: number;
  readonly file_written_bytes: number;
  readonly connections_failed: number;
  /** Of sockets, as far as they have been closed. */
  readonly net_sent_bytes: number;
  readonly net_received_bytes: number;
  readonly loss: readonly {
    readonly class: string;
    /** Empty in recordings made before it was kept. */
    readonly reason: string;
    readonly unit: string;
    readonly count: number;
  }[];
}

/** A call without its message bodies. An older recording's rows lack what was added since. */
export type CallRow =
  & Pick<
    LlmCalled,
    | "seq"
    | "ts"
    | "session"
    | "pid"
    | "start"
    | "comm"
    | "id"
    | "provider"
    | "api"
    | "model"
    | "endpoint"
    | "streaming"
    | "conversation"
    | "thread"
    | "continues"
    | "compacted"
    | "subagent"
    | "purpose"
    | "retry_of"
    | "error"
    | "usage"
    | "cost_usd"
    | "timing"
    | "complete"
    | "gaps"
  >
  & {
    readonly status: number | null;
    /** What this call newly asks, and the answer's text, cut to 200 characters each. */
    readonly prompt: string;
    /** Whether `prompt` is the last user text, or results of tools that were sent back. */
    readonly prompt_from: "user" | "tool";
    readonly answer: string;
    readonly tools: readonly string[];
  };

export interface ProcessRow {
  readonly pid: number;
  readonly start: Micros;
  readonly ppid: number;
  readonly session: SessionId | null;
  readonly comm: string;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly ended: Micros | null;
  readonly code: number | null;
  readonly signal: number | null;
  /** Known at its end; absent in recordings that were made before they were kept. */
  readonly cpu_us?: number | null;
  readonly rss_peak_kb?: number | null;
  readonly calls: number;
  readonly files: number;
  readonly connections: number;
}

/** An answer that has counted every event up to this number, and none behind it. */
export interface AsOf {
  /** 0 in an empty recording. */
  readonly seq: number;
}

export interface ProcessPage extends AsOf {
  /** By start. */
  readonly processes: readonly ProcessRow[];
}

export interface EventPage {
  readonly events: readonly Event[];
  /** Pass as `after` for the next page, or as `before` when going backwards; null at the end. */
  readonly next: number | null;
}

export interface SearchHit {
  readonly call: CallRow;
  /** Plain text around the match; matches are between U+0002 and U+0003. */
  readonly snippet: string;
}
