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
import { type Followed, StdioWaiting } from "./stdio_waiting.ts";
import { tell } from "./tell.ts";

/** Streams followed at once: the oldest is given up. */
const MAX_STREAMS = 1_024;
export class StdioMcp {
  readonly #context: McpContext;
  /** Oldest first. */
  readonly #all = new Map<ConnId, Followed>();
  readonly #waiting: StdioWaiting;

  constructor(context: McpContext) {
    this.#context = context;
    this.#waiting = new StdioWaiting({
      tell: (stream, line) => this.#tell(stream, line),
      opposite: (stream) => this.#opposite(stream),
    });
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
    this.#waiting.flush(now);
    if (!final) return;
    for (const followed of this.#all.values()) this.#end(followed, false);
  }

  #open({ conn, fromStart }: Extract<StreamRecord, { type: "open" }>): void {
    if (this.#all.size >= MAX_STREAMS) this.#evict();
    const tell = (line: Line) => this.#waiting.line(followed, line);
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
    if (record.dir === "send") this.#waiting.wrote(record.actor);
    stream.push(record);
    this.#waiting.watch(followed);
  }

  #meets({ conn, actor, type }: Extract<StreamRecord, { type: "reader" | "writer" }>): void {
    const followed = this.#all.get(conn);
    if (!followed) return;
    followed.stream[type] = actor;
    this.#waiting.tell(followed);
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
    if (message.type === "request") this.#waiting.asked();
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
    this.#waiting.tell(followed, { late: true });
    if (stream.requests.isEmpty) this.#all.delete(stream.conn);
  }

  /** What it wrote may go on, by whoever inherited the pipe; what it read and has ended is answered no more. */
  #exit(process: Process): void {
    for (const followed of [...this.#all.values()]) {
      const { writer, reader, ended } = followed.stream;
      const [wrote, read] = [same(writer, process), same(reader, process)];
      if (!wrote && !read) continue;
      followed.stream.settle();
      this.#waiting.tell(followed, { late: true });
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
