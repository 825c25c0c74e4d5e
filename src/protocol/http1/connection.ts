/** Pairs the requests and the answers of one HTTP/1 connection. A pair is certain or it is not made. */
import type { Micros } from "../../event.ts";
import type {
  Exchange,
  ExchangeObserver,
  ObserveExchange,
  RequestHead,
  ResponseHead,
  Role,
} from "../exchange.ts";
import { begun, type GrowingExchange } from "../growing_exchange.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import type { Conversation } from "../reassembly/connections.ts";
import type { ConnId, Direction, Transport } from "../stream_record.ts";
import { Http2Connection } from "../http2/connection.ts";
import { WebSocketConversation, type WebSocketOptions } from "../websocket/conversation.ts";
import { opensHttp2, switches, tunnels } from "./upgrade.ts";
import { opensWebSocket } from "../websocket/handshake.ts";
import { type Framing, requestFraming, responseFraming } from "./framing.ts";
import { REQUEST, RESPONSE } from "./head.ts";
import { MessageParser, type MessageSink } from "./message_parser.ts";

/** More requests than this without an answer are not HTTP as anybody uses it. */
const MAX_PIPELINED = 64;

interface Pending {
  readonly exchange: GrowingExchange;
  readonly observer: ExchangeObserver;
  requestEnded: boolean;
  responseEnded: boolean;
}

export interface Http1Options extends WebSocketOptions {
  readonly role: Role;
  readonly inStep: boolean;
  readonly transport: Transport;
  readonly observe: ObserveExchange;
  /** What speaks through a CONNECT, on a connection that had so many exchanges. */
  readonly tunnel: (exchanges: number) => Conversation;
  /** Exchanges of this connection before it spoke this. */
  readonly before: number;
}

export class Http1Connection implements Conversation {
  readonly #conn: ConnId;
  readonly #options: Http1Options;
  readonly #requests: MessageParser<RequestHead>;
  readonly #responses: MessageParser<ResponseHead>;
  /** Requests that wait for their answer or for its end, oldest first. */
  #pending: Pending[] = [];
  /** The request whose body is being read. */
  #sending: Pending | null = null;
  /** The request whose answer is being read; null too while an answer to an unseen request is. */
  #answering: Pending | null = null;
  #count: number;
  /** A request was sent before the last answer ended: after a loss, answers cannot be told apart. */
  #pipelined = false;
  /** What the connection became. */
  #next: Conversation | null = null;

  constructor(conn: ConnId, options: Http1Options) {
    this.#conn = conn;
    this.#options = options;
    this.#count = options.before;
    const { inStep } = options;
    this.#requests = new MessageParser(REQUEST, { inStep, sink: this.#requestSink() });
    this.#responses = new MessageParser(RESPONSE, { inStep, sink: this.#responseSink() });
  }

  data(dir: Direction, bytes: Uint8Array, at: Arrival): void {
    if (this.#next) return this.#next.data(dir, bytes, at);
    const read = this.#parser(dir).push(bytes, at);
    // What shares a record with the head that switched protocols.
    if (read < bytes.length) this.#upgraded()?.data(dir, bytes.subarray(read), { ...at, callStart: true });
  }

  gap(dir: Direction, count: number, ts: Micros): void {
    if (this.#next) return this.#next.gap(dir, count, ts);
    this.#parser(dir).gap(count, ts);
  }

  end(ts: Micros, clean: boolean): void {
    this.#next?.end(ts, clean);
    this.#requests.end(ts, clean);
    this.#responses.end(ts, clean);
    this.#finishAll();
  }

  #parser(dir: Direction): MessageParser<RequestHead> | MessageParser<ResponseHead> {
    return (dir === "send") === (this.#options.role === "client") ? this.#requests : this.#responses;
  }

  #requestSink(): MessageSink<RequestHead> {
    return {
      head: (head, first) => this.#requestHead(head, first),
      body: (bytes, ts) => {
        const { exchange, observer } = this.#sending!;
        exchange.last = ts;
        exchange.request.bytes += bytes.length;
        observer.requestBody(bytes);
      },
      bodyGap: (count) => this.#requestGap(count),
      end: (ts, complete) => {
        const sent = this.#sending;
        if (!sent) return;
        this.#sending = null;
        sent.exchange.last = ts;
        sent.exchange.request.complete = complete;
        sent.requestEnded = true;
        sent.observer.requestEnd();
        this.#settle(sent);
      },
      lost: () => this.#resync(),
      unparsed: (count) => this.#options.losses.bytes("http", "unparsed", count),
    };
  }

  #requestGap(count: number): void {
    const sent = this.#sending;
    if (!sent) return;
    sent.exchange.request.gaps += count;
    sent.observer.requestGap(count);
  }

  #responseSink(): MessageSink<ResponseHead> {
    return {
      head: (head, first) => this.#responseHead(head, first.ts),
      body: (bytes, ts) => {
        const answered = this.#answering;
        if (!answered) return this.#options.losses.bytes("http", "unmatched", bytes.length);
        answered.exchange.last = ts;
        answered.exchange.response.bytes += bytes.length;
        answered.observer.responseBody(bytes);
      },
      bodyGap: (count) => this.#responseGap(this.#answering, count),
      end: (ts, complete) => {
        const answered = this.#answering;
        if (!answered) return;
        this.#answering = null;
        answered.exchange.last = ts;
        if (!answered.exchange.response.head) return this.#goOnWithHttp2(answered);
        answered.exchange.response.complete = complete;
        answered.responseEnded = true;
        this.#settle(answered);
        if (switches(answered.exchange)) this.#upgrade(answered.exchange);
      },
      lost: (missing) => {
        // A gap where an answer was due swallowed its head.
        this.#responseGap(this.#pending[0] ?? null, missing);
        this.#resync();
      },
      unparsed: (count) => this.#options.losses.bytes("http", "unparsed", count),
    };
  }

  #responseGap(answered: Pending | null, count: number): void {
    if (!answered || count === 0) return;
    answered.exchange.response.gaps += count;
    answered.observer.responseGap(count);
  }

  #requestHead(head: RequestHead, first: Arrival): Framing {
    if (this.#pending.length > 0) {
      // Only a client that pipelines asks again before it has its answer: otherwise that answer was missed.
      if (!this.#responses.inStep) this.#finishAll();
      else this.#pipelined = true;
    }
    if (this.#pending.length >= MAX_PIPELINED) return { kind: "invalid" };
    const pending = this.#opened(head, first);
    this.#pending.push(pending);
    this.#sending = pending;
    return requestFraming(head);
  }

  #opened(head: RequestHead, first: Arrival): Pending {
    const { transport, role, observe } = this.#options;
    const exchange = begun({ conn: this.#conn, transport, index: ++this.#count, role }, { head, first });
    const observer = observe(exchange);
    return { exchange, observer, requestEnded: false, responseEnded: false };
  }

  #responseHead(head: ResponseHead, ts: Micros): Framing {
    const pending = this.#pending.find((candidate) => !candidate.responseEnded);
    if (!pending) {
      this.#options.losses.event("http", "unmatched");
      return responseFraming(head, "GET");
    }
    const framing = responseFraming(head, pending.exchange.request.head.method);
    pending.exchange.last = ts;
    if (framing.kind === "interim") return framing;
    this.#answering = pending;
    if (pending.requestEnded && opensHttp2(pending.exchange.request.head, head)) return framing;
    pending.exchange.response.head = head;
    pending.observer.responseHead(head);
    return framing;
  }

  #upgrade(exchange: Exchange): void {
    this.#giveUp();
    const { request: { head: request }, response: { head: response } } = exchange;
    if (response && opensWebSocket(request, response)) {
      this.#next = new WebSocketConversation(exchange, this.#options);
    } else if (tunnels(exchange)) {
      this.#next = this.#options.tunnel(this.#count);
    } else {
      this.#options.losses.event("protocol", "upgraded");
    }
  }

  /** What the connection speaks now; a function, because parsers change it behind the compiler's back. */
  #upgraded(): Conversation | null {
    return this.#next;
  }

  /** The request that asked for it becomes the first stream. */
  #goOnWithHttp2(asked: Pending): void {
    this.#pending = this.#pending.filter((other) => other !== asked);
    this.#giveUp();
    const { role, transport } = this.#options;
    const start = role === "client"
      ? { send: "preface", recv: "header" } as const
      : { send: "header", recv: "preface" } as const;
    this.#next = new Http2Connection(this.#conn, { ...this.#options, role, start, transport, asked });
  }

  /** A direction lost its place: later answers can only be paired where one request waits at a time. */
  #resync(): void {
    if (!this.#pipelined) return;
    this.#options.losses.event("http", "out-of-step");
    this.#giveUp();
  }

  #giveUp(): void {
    this.#requests.stop();
    this.#responses.stop();
    this.#finishAll();
  }

  #settle(pending: Pending): void {
    if (pending.requestEnded && pending.responseEnded) this.#finish(pending);
  }

  #finishAll(): void {
    this.#sending = this.#answering = null;
    const unfinished = this.#pending;
    this.#pending = [];
    for (const { observer } of unfinished) observer.end();
  }

  #finish(pending: Pending): void {
    this.#pending = this.#pending.filter((other) => other !== pending);
    pending.observer.end();
  }
}
