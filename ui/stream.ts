/** The live stream: server-sent events in, typed items out, reconnecting from the last number seen. */
import type { CallRow, Event, LlmCalled } from "./api.ts";
import { queryString } from "./api.ts";

export type StreamItem =
  | { readonly type: "call"; readonly row: CallRow }
  | { readonly type: "event"; readonly event: Exclude<Event, LlmCalled> }
  | { readonly type: "dropped"; readonly count: number };

export type Connection = "connecting" | "open" | "lost";

export interface StreamHandlers {
  item(item: StreamItem): void;
  connection(state: Connection): void;
}

/** The part of `EventSource` that is used, so that a test can stand in for it. */
export interface Source {
  addEventListener(name: string, listener: (event: { data?: unknown }) => void): void;
  close(): void;
}

export interface StreamOptions {
  readonly connect: (url: string) => Source;
  readonly later: (run: () => void, ms: number) => void;
}

/** Every event name the server may send; the compiler refuses a missing one. */
const NAMES: Readonly<Record<Event["kind"] | "dropped", true>> = {
  "process.fork": true,
  "process.thread": true,
  "process.running": true,
  "process.exec": true,
  "process.exec_failed": true,
  "process.exit": true,
  "process.setsid": true,
  "process.cred": true,
  "process.ns": true,
  "process.ptrace": true,
  "process.signal": true,
  "process.memfd": true,
  "process.exec_memory": true,
  "process.kernel": true,
  "process.name": true,
  "file.open": true,
  "file.io": true,
  "file.close": true,
  "file.unlink": true,
  "file.rmdir": true,
  "file.mkdir": true,
  "file.mknod": true,
  "file.rename": true,
  "file.link": true,
  "file.symlink": true,
  "file.truncate": true,
  "file.chmod": true,
  "file.chown": true,
  "file.xattr": true,
  "file.mmap": true,
  "net.socket": true,
  "net.connect": true,
  "net.bind": true,
  "net.listen": true,
  "net.accept": true,
  "net.send": true,
  "net.close": true,
  "net.peer": true,
  "net.host": true,
  "dns.query": true,
  "dns.answer": true,
  "http.exchange": true,
  "llm.call": true,
  "llm.delta": true,
  "tool.call": true,
  "tool.result": true,
  "mcp.message": true,
  "loss": true,
  "coverage": true,
  "resource": true,
  "dropped": true,
};

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

export class Stream {
  readonly #handlers: StreamHandlers;
  readonly #options: StreamOptions;
  #source: Source | null = null;
  #lastSeq: number | null = null;
  #retryMs = RETRY_FIRST_MS;
  #stopped = false;

  constructor(handlers: StreamHandlers, options: StreamOptions) {
    this.#handlers = handlers;
    this.#options = options;
  }

  /** Items with a number up to `after` are not wanted; null: only what happens from now on. */
  start(after: number | null): void {
    this.#lastSeq = after;
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#source?.close();
    this.#source = null;
  }

  #connect(): void {
    if (this.#stopped) return;
    this.#handlers.connection("connecting");
    const source = this.#options.connect(`/api/stream${queryString({ after: this.#lastSeq })}`);
    this.#source = source;
    source.addEventListener("open", () => {
      this.#retryMs = RETRY_FIRST_MS;
      this.#handlers.connection("open");
    });
    source.addEventListener("error", () => this.#reconnect(source));
    for (const name of Object.keys(NAMES)) {
      source.addEventListener(name, ({ data }) => {
        const item = readItem(name, data);
        if (item !== null && this.#isNew(item)) this.#handlers.item(item);
      });
    }
  }

  /** The browser's own retry gives up on an HTTP error, so this one is used for every failure. */
  #reconnect(source: Source): void {
    source.close();
    if (source !== this.#source) return;
    this.#source = null;
    this.#handlers.connection("lost");
    this.#options.later(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }

  /** Everything numbered is taken once. Live text is not numbered: `lastEventId` would repeat its predecessor's. */
  #isNew(item: StreamItem): boolean {
    if (item.type === "dropped" || (item.type === "event" && item.event.kind === "llm.delta")) return true;
    const seq = item.type === "call" ? item.row.seq : item.event.seq;
    if (this.#lastSeq !== null && seq <= this.#lastSeq) return false;
    this.#lastSeq = seq;
    return true;
  }
}

/** One item, or null when the data is not what its name promises. */
export function readItem(name: string, data: unknown): StreamItem | null {
  if (typeof data !== "string") return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (name === "dropped") {
    return "count" in value && typeof value.count === "number"
      ? { type: "dropped", count: value.count }
      : null;
  }
  if (!("seq" in value) || typeof value.seq !== "number") return null;
  if (name === "llm.call") return { type: "call", row: value as CallRow };
  return { type: "event", event: value as Exclude<Event, LlmCalled> };
}
