/** MCP over stdio: each stream is one direction between two processes; answers come on another one. */
import type { Micros } from "../event.ts";
import type { JsonRpcId } from "../protocol/body/json_rpc.ts";
import type { Role } from "../protocol/exchange.ts";
import type { DataRecord } from "../protocol/reassembly/byte_stream.ts";
import type { ConnId, StreamRecord } from "../protocol/stream_record.ts";
import type { McpContext } from "./context.ts";
import type { Process } from "./join.ts";
import { isMcp, senderOf } from "./methods.ts";
import type { Asked } from "./requests.ts";
import { opposite, same } from "./stdio_pairs.ts";
import { type Line, StdioStream } from "./stdio_stream.ts";
import { tell } from "./tell.ts";

/** Streams followed at once: the oldest is given up. */
const MAX_STREAMS = 1_024;
/** Records of two CPUs reach the ring within milliseconds of each other: a hole this old will not be filled. */
const HOLE_LIFETIME_US = 500_000;
/**
 * Whoever asked reads the answer soon: then it is known whom it answers. And a write is seen when it returns, which may
 * be after the answer to it.
 */
const PATIENCE_US = 2_000_000;
const MAX_WAITING = 256;

interface Followed {
  readonly stream: StdioStream;
  /** Messages whose reader was not seen yet, answers whose request was not, and what came after them. */
  readonly waiting: Line[];
  /** Waiting was in vain: it is not tried again before an answer finds its request. */
  resigned: boolean;
  /** Who wrote last has ended. */
  deserted: boolean;
}

export class StdioMcp {
  readonly #context: McpContext;
  /** Oldest first. */
  readonly #all = new Map<ConnId, Followed>();
  /** Those that wait for something: a record before a hole, or a request. */
  readonly #stuck = new Set<Followed>();

  constructor(context: McpContext) {
    this.#context = context;
  }

  /** Whether the record belongs to a stream that is followed here, or opens one. */
  wants(record: Exclude<StreamRecord, { type: "exit" }>): boolean {
    return record.type === "open" ? record.speaks === "json-rpc" : this.#all.has(record.conn);
  }

  push(record: StreamRecord): void {
    switch (record.type) {
      case "open":
        this.#end(this.#all.get(record.conn), false);
        this.#open(record);
        return;
      case "reader":
      case "writer":
        return this.#meets(record);
      case "data":
        return this.#data(record);
      case "close":
        return this.#end(this.#all.get(record.conn), true);
      case "exit":
        return this.#exit(record);
    }
  }

  flush(now: Micros, { final }: { readonly final: boolean }): void {
    for (const followed of this.#stuck) {
      const { stream, waiting } = followed;
      const since = stream.heldSince;
      if (since !== null && now - since >= HOLE_LIFETIME_US) stream.settle();
      const [first] = waiting;
      if (first && now - first.ts >= PATIENCE_US) this.#resign(followed);
      this.#watch(followed);
    }
    if (!final) return;
    for (const followed of this.#all.values()) this.#end(followed, false);
  }

  #open({ conn, fromStart }: Extract<StreamRecord, { type: "open" }>): void {
    if (this.#all.size >= MAX_STREAMS) this.#evict();
    const tell = (line: Line) => this.#line(followed, line);
    const stream = new StdioStream(conn, { fromStart, context: this.#context, tell });
    const followed: Followed = { stream, waiting: [], resigned: false, deserted: false };
    this.#all.delete(conn);
    this.#all.set(conn, followed);
  }

  #evict(): void {
    const [oldest] = this.#all.values();
    const gone = this.#all.values().find(({ stream, deserted }) => stream.ended || deserted);
    if (!gone) this.#context.losses.event("connection", "evicted");
    const followed = gone ?? oldest!;
    this.#end(followed, false);
    this.#all.delete(followed.stream.conn);
  }

  #data(record: DataRecord): void {
    const followed = this.#all.get(record.conn);
    if (!followed || followed.stream.ended) return;
    const { stream } = followed;
    followed.deserted = false;
    // Who writes has read what was written to it: what is still missing there was lost.
    if (record.dir === "send") {
      for (const other of this.#stuck) if (same(other.stream.reader, record.actor)) other.stream.settle();
    }
    stream.push(record);
    this.#watch(followed);
  }

  #meets({ conn, actor, type }: Extract<StreamRecord, { type: "reader" | "writer" }>): void {
    const followed = this.#all.get(conn);
    if (!followed) return;
    followed.stream[type] = actor;
    this.#tellWaiting(followed);
  }

  #watch(followed: Followed): void {
    if (followed.waiting.length > 0 || followed.stream.heldSince !== null) this.#stuck.add(followed);
    else this.#stuck.delete(followed);
  }

  #line(followed: Followed, line: Line): void {
    const { stream, waiting, resigned } = followed;
    if (resigned || stream.ended || (waiting.length === 0 && this.#isClear(followed, line))) {
      return this.#tell(stream, line);
    }
    if (waiting.push(line) >= MAX_WAITING) this.#resign(followed);
    this.#watch(followed);
  }

  /** Whether nothing has to be waited for: who reads it is known, and of an answer the request. */
  #isClear(followed: Followed, { message }: Line): boolean {
    const { stream } = followed;
    if (stream.dir === "send" && stream.reader === null) return false;
    if (message.type === "request" || message.type === "notification" || message.id === null) return true;
    const clear = this.#opposite(stream).some(({ requests }) => requests.has(message.id));
    if (clear) followed.resigned = false;
    return clear;
  }

  #resign(followed: Followed): void {
    followed.resigned = true;
    this.#tellWaiting(followed, { late: true });
  }

  /** `late`: nothing is waited for any more. */
  #tellWaiting(followed: Followed, { late } = { late: false }): void {
    const { stream, waiting } = followed;
    while (waiting[0] && (late || this.#isClear(followed, waiting[0]))) {
      this.#tell(stream, waiting.shift()!);
    }
    this.#watch(followed);
  }

  #tell(stream: StdioStream, { message, bytes, ts, actor }: Line): void {
    if (message.type === "request" || message.type === "notification") {
      stream.isMcp ||= isMcp(message.method, message.params);
      stream.from ??= senderOf(message.method);
    }
    if (!stream.isMcp || stream.from === null) {
      const back = this.#opposite(stream);
      stream.isMcp ||= back.some(({ isMcp }) => isMcp);
      stream.from ??= otherRole(back.find(({ from }) => from !== null)?.from ?? null);
    }
    if (!stream.isMcp) return this.#context.losses.event("mcp", "unrecognised");
    const sends = stream.dir === "send";
    const peer = sends ? stream.reader : stream.writer;
    const [client, server] = stream.from === "server"
      ? [stream.reader, stream.writer]
      : [stream.writer, stream.reader];
    tell(message, {
      about: {
        pid: actor.pid,
        tid: actor.tid,
        start: actor.start,
        comm: actor.comm,
        ts,
        transport: "stdio",
        role: sends ? stream.from : otherRole(stream.from),
        direction: sends ? "send" : "recv",
        peer: peer && { pid: peer.pid, start: peer.start, comm: peer.comm },
        endpoint: null,
      },
      get facts() {
        return stream.facts;
      },
      client: stream.from === null ? null : client,
      server: server ? keyOf(server) : `stream ${stream.conn}`,
      bytes,
      asked: (id, asked) => stream.requests.asked(id, asked),
      answered: (id) => this.#answered(stream, id),
    }, this.#context);
    if (message.type !== "request") return;
    for (const other of this.#stuck) this.#tellWaiting(other);
  }

  /** The request an answer on this stream answers; it must be the only one that can be meant. */
  #answered(stream: StdioStream, id: JsonRpcId): Asked | null {
    const [asking, another] = this.#opposite(stream).filter(({ requests }) => requests.has(id));
    if (!asking || another) return null;
    stream.facts = asking.facts;
    return asking.requests.answered(id);
  }

  #opposite(stream: StdioStream): StdioStream[] {
    return opposite(stream, this.#all.values().map(({ stream }) => stream));
  }

  #end(followed: Followed | undefined, complete: boolean): void {
    if (!followed || followed.stream.ended) return;
    const { stream } = followed;
    stream.end(complete);
    this.#tellWaiting(followed, { late: true });
    this.#stuck.delete(followed);
    if (stream.requests.isEmpty) this.#all.delete(stream.conn);
  }

  /** What it wrote may go on, by whoever inherited the pipe; what it read and has ended is answered no more. */
  #exit(process: Process): void {
    for (const followed of [...this.#all.values()]) {
      const { writer, reader, ended } = followed.stream;
      const [wrote, read] = [same(writer, process), same(reader, process)];
      if (!wrote && !read) continue;
      followed.stream.settle();
      this.#tellWaiting(followed, { late: true });
      followed.deserted ||= wrote;
      if (read && ended) this.#all.delete(followed.stream.conn);
    }
  }
}

function otherRole(role: Role | null): Role | null {
  return role === null ? null : role === "client" ? "server" : "client";
}

function keyOf({ pid, start }: Process): string {
  return `${pid}:${start}`;
}
