/** One direction between two processes that may speak MCP over pipes: bytes in, JSON-RPC messages out. */
import type { Actor, Micros } from "../event.ts";
import { parseJson } from "../llm/json.ts";
import { type JsonRpcMessage, jsonRpcMessages } from "../protocol/body/json_rpc.ts";
import type { LostReason } from "../protocol/body/message_sink.ts";
import { NdjsonReader } from "../protocol/body/ndjson.ts";
import type { Role } from "../protocol/exchange.ts";
import { type Arrival, ByteStream, type DataRecord } from "../protocol/reassembly/byte_stream.ts";
import type { ConnId, Direction } from "../protocol/stream_record.ts";
import type { McpContext } from "./context.ts";
import { Requests } from "./requests.ts";
import { ServerFacts } from "./server_facts.ts";

/** A message, who was seen writing or reading it, and the size of its line. */
export interface Line {
  readonly message: JsonRpcMessage;
  readonly bytes: number;
  readonly ts: Micros;
  readonly actor: Actor;
}

export class StdioStream {
  readonly conn: ConnId;
  /** Requests that went this way. */
  readonly requests = new Requests();
  /** Shared with the stream of the other direction once an answer showed which one that is. */
  facts = new ServerFacts();
  /** Whose calls tell the bytes: the writer's send, or the reader's recv. */
  dir: Direction = "send";
  /** Who wrote last: a pipe may be inherited. */
  writer: Actor | null = null;
  reader: Actor | null = null;
  /** What the writer is, once a method told. */
  from: Role | null = null;
  /** A method that only MCP has was seen. */
  isMcp = false;
  /** Nothing more comes; its requests may still be answered. */
  ended = false;
  readonly #bytes: ByteStream;
  #lines: NdjsonReader;
  readonly #tell: (line: Line) => void;
  readonly #context: McpContext;
  #at: Arrival | null = null;
  /** A line of it was JSON-RPC: what cannot be read is a loss and no banner. */
  #established = false;
  /** The line may have begun within a gap. */
  #afterGap = false;

  constructor(
    conn: ConnId,
    options: {
      readonly fromStart: boolean;
      readonly context: McpContext;
      readonly tell: (line: Line) => void;
    },
  ) {
    const { fromStart, context, tell } = options;
    const { budget, losses } = context;
    this.conn = conn;
    this.#context = context;
    this.#tell = tell;
    this.#lines = this.#reader();
    this.#bytes = new ByteStream({
      data: (bytes, at) => {
        this.#at = at;
        this.#lines.push(bytes);
      },
      gap: (count) => {
        losses.bytes("stream", "gap", count);
        this.#restart();
      },
    }, { fromStart, budget });
  }

  get heldSince(): Micros | null {
    return this.#bytes.heldSince;
  }

  push(record: DataRecord): void {
    this.dir = record.dir;
    if (record.dir === "send") this.writer = record.actor;
    else this.reader = record.actor;
    this.#bytes.push(record);
  }

  settle(): void {
    this.#bytes.settle();
  }

  /** `complete`: it was closed, not cut off. */
  end(complete: boolean): void {
    if (this.ended) return;
    this.ended = true;
    this.#bytes.settle();
    this.#lines.end({ complete });
  }

  #reader(): NdjsonReader {
    const { budget, losses, bodyLimit: limit } = this.#context;
    const sink = {
      message: (text: string) => this.#line(text),
      lost: (reason: LostReason) => losses.event("mcp", reason),
    };
    return new NdjsonReader({ sink, limit, budget });
  }

  /**
   * The line before the gap is dropped, the one behind it tried: it may be whole, and the end of one cannot pass for
   * a message, as its brackets do not match. That holds where a stream is joined in the middle, too.
   */
  #restart(): void {
    this.#lines.end({ complete: false });
    this.#lines = this.#reader();
    this.#afterGap = true;
  }

  #line(text: string): void {
    const value = parseJson(text);
    const counts = this.#established && !this.#afterGap;
    this.#afterGap = false;
    if (value === undefined) {
      if (counts) this.#context.losses.event("mcp", "unreadable");
      return;
    }
    const { ts, actor } = this.#at!;
    for (const message of jsonRpcMessages(value)) {
      this.#established = true;
      this.#tell({ message, bytes: text.length * 3, ts, actor });
    }
  }
}
