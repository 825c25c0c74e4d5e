/** One stream of an HTTP/2 connection: an exchange whose two sides end on their own, or a WebSocket. */
import type { Micros } from "../../event.ts";
import type { ExchangeObserver, ResponseHead } from "../exchange.ts";
import type { GrowingExchange } from "../growing_exchange.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import type { Direction } from "../stream_record.ts";
import type { WebSocketConversation } from "../websocket/conversation.ts";

export type SideName = "request" | "response";

interface SideState {
  ended: boolean;
  /** Frames of it may have been missed: its end too. */
  lost: boolean;
  /** The next bytes are the first ones of a frame. */
  begins: boolean;
}

export class Stream {
  readonly #exchange: GrowingExchange;
  readonly #observer: ExchangeObserver;
  /** What a CONNECT asks for (RFC 8441). */
  readonly #protocol: string | null;
  readonly #sides: Readonly<Record<SideName, SideState>> = {
    request: { ended: false, lost: false, begins: false },
    response: { ended: false, lost: false, begins: false },
  };
  /** What speaks in this stream since its exchange ended. */
  #tunnel: WebSocketConversation | null = null;

  constructor(
    exchange: GrowingExchange,
    options: { observer: ExchangeObserver; protocol: string | null; asked?: boolean },
  ) {
    this.#exchange = exchange;
    this.#sides.request.ended = options.asked === true;
    this.#observer = options.observer;
    this.#protocol = options.protocol;
  }

  get isAnswered(): boolean {
    return this.#exchange.response.head !== null;
  }

  /** Nothing more is to come that would change it. A request whose end was missed ends with its answer. */
  get isDone(): boolean {
    const { request, response } = this.#sides;
    return response.ended && (request.ended || (request.lost && !this.#tunnel));
  }

  /** The protocol that the answer to a CONNECT lets in: "" where none was named, null where there is none. */
  get granted(): string | null {
    const { request, response } = this.#exchange;
    const status = response.head?.status ?? 0;
    return request.head.method === "CONNECT" && status >= 200 && status < 300 ? this.#protocol ?? "" : null;
  }

  touch(ts: Micros): void {
    if (!this.#tunnel) this.#exchange.last = ts;
  }

  answer(head: ResponseHead, ts: Micros): void {
    this.touch(ts);
    this.#exchange.response.head = head;
    this.#observer.responseHead(head);
  }

  frame(side: SideName): void {
    this.#sides[side].begins = true;
  }

  body(side: SideName, bytes: Uint8Array, at: Arrival): void {
    const state = this.#sides[side];
    if (state.ended) return;
    if (this.#tunnel) {
      this.#tunnel.data(this.#direction(side), bytes, { ...at, callStart: state.begins });
      state.begins = false;
      return;
    }
    this.touch(at.ts);
    this.#exchange[side].bytes += bytes.length;
    if (side === "request") this.#observer.requestBody(bytes);
    else if (this.isAnswered) this.#observer.responseBody(bytes);
  }

  /** Bytes of this side are missing. */
  gap(side: SideName, count: number, ts: Micros): void {
    if (this.#sides[side].ended) return;
    if (this.#tunnel) return this.#tunnel.gap(this.#direction(side), count, ts);
    this.#exchange[side].gaps += count;
    if (side === "request") this.#observer.requestGap(count);
    else this.#observer.responseGap(count);
  }

  /** `count` bytes are missing that may have been of this side, its head and its end included. */
  lose(side: SideName, count: number, ts: Micros): void {
    if (this.#sides[side].ended) return;
    this.#sides[side].lost = true;
    if (this.#tunnel) this.#tunnel.lose(this.#direction(side), count, ts);
    else this.gap(side, count, ts);
  }

  /** The side said that it ended. */
  endSide(side: SideName, ts: Micros): void {
    const state = this.#sides[side];
    if (state.ended) return;
    state.ended = true;
    if (this.#tunnel) return;
    this.touch(ts);
    this.#exchange[side].complete = !state.lost && this.#exchange[side].head !== null;
    if (side === "request") this.#observer.requestEnd();
  }

  /** The exchange ends, and its stream goes on as what `open` makes of it. */
  become(open: (upgrade: GrowingExchange) => WebSocketConversation, ts: Micros): void {
    for (const side of ["request", "response"] as const) this.endSide(side, ts);
    this.#observer.end();
    this.#sides.request.ended = this.#sides.response.ended = false;
    this.#tunnel = open(this.#exchange);
  }

  /** As far as it came. */
  end(ts: Micros): void {
    if (this.#tunnel) return this.#tunnel.end(ts);
    if (!this.#sides.request.ended) this.#observer.requestEnd();
    for (const side of ["request", "response"] as const) {
      if (!this.#sides[side].ended && this.#hasAll(side)) this.#exchange[side].complete = true;
    }
    this.#observer.end();
  }

  /** As many bytes as its head declares: clients close without waiting for the end of the stream. */
  #hasAll(side: SideName): boolean {
    const { head, bytes, gaps } = this.#exchange[side];
    const declared = head?.headers.get("content-length") ?? "";
    return !this.#sides[side].lost && gaps === 0 && /^\d{1,15}$/.test(declared) && Number(declared) === bytes;
  }

  #direction(side: SideName): Direction {
    return (side === "request") === (this.#exchange.role === "client") ? "send" : "recv";
  }
}
