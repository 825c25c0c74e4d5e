/** All connections of a recording: records go to the right byte stream, and every connection ends once. */
import type { Micros } from "../../event.ts";
import type { ConnId, Direction, StreamRecord } from "../stream_record.ts";
import type { MemoryBudget } from "../byte_buffer.ts";
import type { LossCounter } from "../losses.ts";
import { type Arrival, ByteStream, type DataRecord } from "./byte_stream.ts";

/** What speaks over one connection. `clean`: the connection was closed, not cut off. */
export interface Conversation {
  data(dir: Direction, bytes: Uint8Array, at: Arrival): void;
  gap(dir: Direction, count: number, ts: Micros): void;
  end(ts: Micros, clean: boolean): void;
}

export type Opened = Omit<Extract<StreamRecord, { type: "open" }>, "type">;

export interface ConnectionOptions {
  readonly open: (opened: Opened) => Conversation;
  readonly budget: MemoryBudget;
  readonly losses: LossCounter;
  readonly limit: number;
}

interface Connection {
  readonly process: string;
  readonly talk: Conversation;
  readonly send: ByteStream;
  readonly recv: ByteStream;
  /** Answers that came before the bytes they answer, in order. */
  readonly early: DataRecord[];
  /** Taken from the budget for them. */
  earlyBytes: number;
  /** Where the last call that is wholly here ends. */
  sent: number;
}

/** Of answers that wait for the write before them to be told. One that never is holds nobody for long. */
const MAX_EARLY_RECORDS = 64;
const EARLY_LIFETIME_US = 2_000_000;

/** Records of two CPUs reach the ring within milliseconds of each other: a hole this old will not be filled. */
const HOLE_LIFETIME_US = 500_000;

export class Connections {
  readonly #options: ConnectionOptions;
  /** Least recently used first. */
  readonly #all = new Map<ConnId, Connection>();
  readonly #byProcess = new Map<string, Set<ConnId>>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  push(record: Exclude<StreamRecord, { type: "bind" }>): void {
    switch (record.type) {
      case "open":
        this.#end(record.conn, record.ts, false);
        this.#open(record);
        return;
      case "data":
        return this.#data(record);
      case "close":
        return this.#end(record.conn, record.ts, true);
      case "exit": {
        const ended = this.#byProcess.get(`${record.pid}:${record.start}`) ?? [];
        for (const conn of [...ended]) this.#end(conn, record.ts, false);
      }
    }
  }

  flush(now: Micros, options: { final: boolean }): void {
    for (const [conn, { send, recv, early }] of this.#all) {
      for (const stream of [send, recv]) {
        const since = stream.heldSince;
        if (since !== null && now - since >= HOLE_LIFETIME_US) stream.settle();
      }
      const [first] = early;
      if (first && now - first.ts >= EARLY_LIFETIME_US) this.#release(this.#all.get(conn)!, early.length);
      if (options.final) this.#end(conn, now, false);
    }
  }

  #data(record: DataRecord): void {
    let connection = this.#all.get(record.conn);
    if (connection) {
      this.#all.delete(record.conn);
      this.#all.set(record.conn, connection);
    } else {
      // Its `open` was lost, so nothing is known of what came before.
      connection = this.#open({ ...record, fromStart: false });
    }
    // Who answers has read the question: what is still missing from the other direction was lost.
    if (record.dir === "send") {
      connection.recv.settle();
      connection.send.push(record);
      if (!record.left) connection.sent = Math.max(connection.sent, record.pos + record.bytes.length);
      this.#answer(connection);
    } else if (connection.early.length > 0 || isEarly(connection, record)) {
      this.#keepEarly(connection, record);
    } else {
      connection.send.settle();
      connection.recv.push(record);
    }
  }

  #keepEarly(connection: Connection, record: DataRecord): void {
    const { length } = record.bytes;
    const granted = this.#options.budget.take(length);
    connection.earlyBytes += granted;
    // A copy: the caller's buffer may be reused after this batch.
    connection.early.push({ ...record, bytes: record.bytes.slice() });
    if (granted < length || connection.early.length > MAX_EARLY_RECORDS) {
      this.#release(connection, connection.early.length);
    }
  }

  /** As far as all that they answer is here. */
  #answer(connection: Connection): void {
    const { early } = connection;
    const waits = early.findIndex((record) => isEarly(connection, record));
    this.#release(connection, waits < 0 ? early.length : waits);
  }

  #release(connection: Connection, count: number): void {
    const { early, send, recv } = connection;
    for (const record of early.splice(0, count)) {
      const taken = early.length === 0 ? connection.earlyBytes : record.bytes.length;
      this.#options.budget.give(taken);
      connection.earlyBytes -= taken;
      send.settle();
      recv.push(record);
    }
  }

  #open(opened: Opened): Connection {
    const { conn, fromStart, actor } = opened;
    const { budget, losses } = this.#options;
    const oldest = this.#all.size >= this.#options.limit ? this.#all.keys().next().value : undefined;
    if (oldest !== undefined) {
      losses.event("connection", "evicted");
      this.#end(oldest, opened.ts, false);
    }
    const talk = this.#options.open(opened);
    const stream = (dir: Direction) =>
      new ByteStream({
        data: (bytes, at) => talk.data(dir, bytes, at),
        gap: (count, ts) => {
          losses.bytes("stream", "gap", count);
          talk.gap(dir, count, ts);
        },
      }, { fromStart, budget });
    const process = `${actor.pid}:${actor.start}`;
    const connection = {
      process,
      talk,
      send: stream("send"),
      recv: stream("recv"),
      early: [],
      earlyBytes: 0,
      sent: 0,
    };
    this.#all.set(conn, connection);
    let siblings = this.#byProcess.get(process);
    if (!siblings) this.#byProcess.set(process, siblings = new Set());
    siblings.add(conn);
    return connection;
  }

  #end(conn: ConnId, ts: Micros, clean: boolean): void {
    const connection = this.#all.get(conn);
    if (!connection) return;
    this.#all.delete(conn);
    const siblings = this.#byProcess.get(connection.process);
    siblings?.delete(conn);
    if (siblings?.size === 0) this.#byProcess.delete(connection.process);
    this.#release(connection, connection.early.length);
    connection.send.settle();
    connection.recv.settle();
    connection.talk.end(ts, clean);
  }
}

/** Whether it answers what is not here yet. */
function isEarly({ sent }: Connection, { after = 0 }: DataRecord): boolean {
  return sent < after;
}
