/** The streams of one HTTP/2 connection (RFC 9113) as exchanges. */
import type { Micros } from "../../event.ts";
import type { ExchangeObserver, ObserveExchange, Role } from "../exchange.ts";
import { begun, type GrowingExchange } from "../growing_exchange.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import type { Conversation } from "../reassembly/connections.ts";
import type { ConnId, Direction, Transport } from "../stream_record.ts";
import { WebSocketConversation, type WebSocketOptions } from "../websocket/conversation.ts";
import type { Field } from "./dynamic_table.ts";
import { Flag, type Frame, FrameType, isBlock } from "./frame.ts";
import { FrameParser, type FrameSink, type Start } from "./frame_parser.ts";
import { pseudo, requestHead, responseHead, senderOf } from "./head.ts";
import { type HeaderBlock, HeaderBlocks } from "./header_blocks.ts";
import { type SideName, Stream } from "./stream.ts";

/** Open at once. Servers allow 100 to 250. */
const MAX_STREAMS = 256;
/** The stream of a request that was sent in HTTP/1. */
const UPGRADED = 1;

export interface Http2Options extends WebSocketOptions {
  /** Null when the connection was joined in the middle: the first request or answer tells. */
  readonly role: Role | null;
  /** What comes first in each direction. Header blocks were missed, unless the client's preface is there. */
  readonly start: Readonly<Record<Direction, Start>>;
  readonly transport: Transport;
  readonly observe: ObserveExchange;
  /** The request of HTTP/1 that asked for this protocol: it is answered in the first stream. */
  readonly asked?: { readonly exchange: GrowingExchange; readonly observer: ExchangeObserver };
  /** Exchanges of this connection before it spoke this; the one that is answered here among them. */
  readonly before: number;
}

export class Http2Connection implements Conversation {
  readonly #conn: ConnId;
  readonly #options: Http2Options;
  readonly #parsers: Readonly<Record<Direction, FrameParser>>;
  readonly #blocks: Readonly<Record<Direction, HeaderBlocks>>;
  /** By id, oldest first. */
  readonly #streams = new Map<number, Stream>();
  #role: Role | null;
  #count: number;
  /** Streams between these were seen: what comes for one that is not open any more is late, and no loss. */
  #oldest = Infinity;
  #newest = 0;
  #now = 0 as Micros;

  constructor(conn: ConnId, options: Http2Options) {
    this.#conn = conn;
    this.#options = options;
    this.#role = options.role;
    this.#count = options.before;
    if (options.asked) this.#goOn(options.asked);
    const { send, recv } = options.start;
    const begins = send === "preface" || recv === "preface";
    const fresh = (dir: Direction) => begins && options.start[dir] !== "lost";
    this.#parsers = {
      send: new FrameParser(this.#sink("send"), { start: send }),
      recv: new FrameParser(this.#sink("recv"), { start: recv }),
    };
    this.#blocks = {
      send: new HeaderBlocks({ fresh: fresh("send") }),
      recv: new HeaderBlocks({ fresh: fresh("recv") }),
    };
  }

  data(dir: Direction, bytes: Uint8Array, at: Arrival): void {
    this.#now = at.ts;
    this.#parsers[dir].push(bytes, at);
  }

  gap(dir: Direction, count: number, ts: Micros): void {
    this.#now = ts;
    this.#parsers[dir].gap(count, ts);
  }

  end(ts: Micros): void {
    this.#now = ts;
    for (const dir of ["send", "recv"] as const) {
      this.#parsers[dir].end();
      this.#blocks[dir].lose();
    }
    for (const id of [...this.#streams.keys()]) this.#finish(id);
  }

  #sink(dir: Direction): FrameSink {
    return {
      frame: (frame, first) => this.#frame(dir, frame, first),
      content: (frame, bytes, at) => {
        if (frame.type === FrameType.data) this.#body(dir, frame.stream, { bytes, at });
        else this.#blocks[dir].add(bytes);
      },
      contentGap: (frame, count) => {
        const side = this.#side(dir);
        if (frame.type !== FrameType.data) this.#blocks[dir].gap(count);
        else if (side) this.#streams.get(frame.stream)?.gap(side, count, this.#now);
      },
      frameEnd: (frame, ts) => {
        if (frame.type === FrameType.data) {
          if (frame.flags & Flag.endStream) this.#endSide(dir, frame.stream, ts);
        } else if (isBlock(frame) && frame.flags & Flag.endHeaders) {
          this.#block(dir, this.#blocks[dir].end(), ts);
        }
      },
      lost: (count) => this.#lost(dir, count),
      unparsed: (count) => this.#unparsed(count),
    };
  }

  #frame(dir: Direction, frame: Frame, first: Arrival): void {
    const { type, stream, about } = frame;
    const side = this.#side(dir);
    if (type === FrameType.data) {
      if (side) this.#streams.get(stream)?.frame(side);
    } else if (type === FrameType.headers) this.#blocks[dir].begin(frame, first);
    else if (type === FrameType.push) {
      this.#blocks[dir].begin(frame, first);
      this.#options.losses.event("http", "pushed");
    } else if (type === FrameType.reset) {
      this.#streams.get(stream)?.touch(first.ts);
      this.#finish(stream);
    } else if (type === FrameType.goAway && side === "response") {
      for (const [id, open] of this.#streams) if (id > about && !open.isAnswered) this.#finish(id);
    }
  }

  #body(dir: Direction, id: number, { bytes, at }: { bytes: Uint8Array; at: Arrival }): void {
    const side = this.#side(dir);
    const stream = this.#streams.get(id);
    if (side && stream) stream.body(side, bytes, at);
    else if (!this.#isLate(id)) this.#options.losses.bytes("http", "unmatched", bytes.length);
  }

  #block(dir: Direction, { frame, first, fields, cut, missing }: HeaderBlock, ts: Micros): void {
    const { type, flags, stream: id } = frame;
    const { losses } = this.#options;
    if (!fields || cut) losses.event("http", fields ? "header-too-large" : "undecodable");
    if (type === FrameType.push) return;
    const sender = fields && senderOf(fields);
    if (sender) this.#role ??= (sender === "client") === (dir === "send") ? "client" : "server";
    const side = this.#side(dir);
    const last = (flags & Flag.endStream) !== 0;
    const stream = this.#streams.get(id);
    if (!side || !stream) {
      const opens = side === "request" && sender === "client" && isClients(id);
      if (opens) this.#open(id, fields!, first);
      else if (fields && !this.#isLate(id)) losses.event("http", "unmatched");
    } else if (!fields) stream.lose(side, missing, ts);
    else if (side === "response" && !stream.isAnswered && (sender === "server" || !last)) {
      this.#answer(id, { fields, last, ts });
    } else {
      // Trailers: without a status, the last block can be nothing else.
      stream.touch(ts);
    }
    if (last) this.#endSide(dir, id, ts);
  }

  #goOn({ exchange, observer }: NonNullable<Http2Options["asked"]>): void {
    this.#oldest = this.#newest = UPGRADED;
    this.#count = exchange.index;
    this.#streams.set(UPGRADED, new Stream(exchange, { observer, protocol: null, asked: true }));
  }

  #open(id: number, fields: readonly Field[], first: Arrival): void {
    if (this.#streams.size >= MAX_STREAMS) {
      this.#options.losses.event("http", "evicted");
      this.#finish(this.#streams.keys().next().value!);
    }
    const { transport, observe } = this.#options;
    const about = { conn: this.#conn, transport, index: ++this.#count, role: this.#role! };
    const exchange = begun(about, { head: requestHead(fields), first });
    this.#oldest = Math.min(this.#oldest, id);
    this.#newest = Math.max(this.#newest, id);
    const observer = observe(exchange);
    this.#streams.set(id, new Stream(exchange, { observer, protocol: pseudo(fields, ":protocol") }));
  }

  #answer(id: number, answer: { fields: readonly Field[]; last: boolean; ts: Micros }): void {
    const stream = this.#streams.get(id)!;
    const head = responseHead(answer.fields);
    const { status } = head;
    if (status >= 100 && status < 200 && !answer.last) return stream.touch(answer.ts);
    stream.answer(head, answer.ts);
    const protocol = stream.granted;
    if (protocol === "websocket") {
      stream.become((upgrade) => new WebSocketConversation(upgrade, this.#options), answer.ts);
    } else if (protocol !== null) {
      this.#options.losses.event("protocol", "upgraded");
      for (const side of ["request", "response"] as const) stream.endSide(side, answer.ts);
      this.#finish(id);
    }
  }

  #endSide(dir: Direction, id: number, ts: Micros): void {
    const side = this.#side(dir);
    const stream = this.#streams.get(id);
    if (!side || !stream) return;
    stream.endSide(side, ts);
    if (stream.isDone) this.#finish(id);
  }

  #lost(dir: Direction, count: number): void {
    this.#unparsed(this.#blocks[dir].lose());
    const side = this.#side(dir);
    if (!side) return;
    for (const [id, stream] of this.#streams) {
      stream.lose(side, count, this.#now);
      if (stream.isDone) this.#finish(id);
    }
  }

  #finish(id: number): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.end(this.#now);
  }

  #side(dir: Direction): SideName | null {
    if (this.#role === null) return null;
    return (dir === "send") === (this.#role === "client") ? "request" : "response";
  }

  /** Of a stream that ended, or that a server pushed. */
  #isLate(id: number): boolean {
    return !isClients(id) || (id >= this.#oldest && id <= this.#newest);
  }

  #unparsed(count: number): void {
    this.#options.losses.bytes("http", "unparsed", count);
  }
}

function isClients(id: number): boolean {
  return (id & 1) === 1;
}
