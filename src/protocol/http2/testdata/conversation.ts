/** What observers were told of a connection, as values that can be compared. */
import { concat, latin1 } from "../../../bytes.ts";
import type { Actor, Micros } from "../../../event.ts";
import { MemoryBudget } from "../../byte_buffer.ts";
import { Connection, type Spoken } from "../../connection.ts";
import type { Exchange, ExchangeObserver, Headers } from "../../exchange.ts";
import { LossCounter } from "../../losses.ts";
import type { Direction } from "../../stream_record.ts";

export const ACTOR: Actor = { pid: 1, tid: 1, start: 0 as Micros, comm: "x" };

/** One library call, or missing bytes. */
export interface Call {
  readonly dir: Direction;
  readonly bytes: Uint8Array;
  readonly missing?: number;
  /** The same call as before a hole. */
  readonly continues?: boolean;
}

export const send = (...frames: Uint8Array[]): Call => ({ dir: "send", bytes: concat(frames) });
export const recv = (...frames: Uint8Array[]): Call => ({ dir: "recv", bytes: concat(frames) });
export const gap = (dir: Direction, missing: number): Call => ({ dir, bytes: new Uint8Array(0), missing });

export interface Seen {
  readonly index: number;
  readonly role: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly sent: string;
  readonly status: number | null;
  readonly answerHeaders: Record<string, string>;
  readonly received: string;
  /** Which sides the framing did not end, and bytes known to be missing. */
  readonly incomplete: string;
  readonly gaps: number;
  /** Of the call with the first byte of the request. */
  readonly tid: number;
}

export interface Told {
  /** In the order in which they ended. */
  readonly seen: Seen[];
  /** Messages of WebSockets, by the index of the exchange that opened them. */
  readonly sockets: string[];
  readonly losses: string[];
  readonly spoken: string[];
}

export interface Feed {
  readonly fromStart?: boolean;
  /** Sizes of the pieces that calls are cut into, repeated. */
  readonly sizes?: readonly number[];
  readonly clean?: boolean;
}

export class Listener {
  readonly seen: Seen[] = [];
  readonly sockets: string[] = [];
  readonly #losses = new LossCounter();
  readonly #spoken: string[] = [];
  readonly connection: Connection;
  #calls = 0;
  #cuts = 0;

  constructor({ fromStart = true }: Feed = {}) {
    this.connection = new Connection({ conn: 1, fromStart, ts: 0 as Micros, actor: ACTOR }, {
      observe: (exchange) => this.#observe(exchange),
      observeSocket: ({ index }) => ({
        message: ({ from, bytes }) => void this.sockets.push(`${index}: ${from} ${latin1(bytes)}`),
        gap: (from, count) => void this.sockets.push(`${index}: ${from} ?${count}`),
        end: () => void this.sockets.push(`${index}: end`),
      }),
      losses: this.#losses,
      budget: new MemoryBudget(1 << 20),
      messageLimit: 1 << 20,
      spoke: ({ protocol }: Spoken) => void this.#spoken.push(protocol),
    });
  }

  /** The n-th call is made by thread n. */
  call({ dir, bytes, missing = 0, continues = false }: Call, sizes: readonly number[] = [1 << 30]): void {
    const tid = ++this.#calls;
    const ts = tid as Micros;
    if (missing > 0) this.connection.gap(dir, missing, ts);
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + sizes[this.#cuts++ % sizes.length]!);
      const at = { ts, actor: { ...ACTOR, tid }, callStart: from === 0 && !continues };
      // A copy: what is handed on is only valid during the call.
      const piece = Uint8Array.from(bytes.subarray(from, to));
      this.connection.data(dir, piece, at);
      piece.fill(0xee);
      from = to;
    }
  }

  end(clean = true): Told {
    this.connection.end(0 as Micros, clean);
    const losses = this.#losses.take().map((loss) =>
      `${loss.class} ${loss.reason}: ${loss.count} ${loss.unit}`
    );
    return { seen: this.seen, sockets: this.sockets, losses, spoken: this.#spoken };
  }

  #observe(exchange: Exchange): ExchangeObserver {
    const text = { request: "", response: "" };
    const add = (side: "request" | "response", bytes: Uint8Array) => {
      text[side] += latin1(bytes);
    };
    return {
      requestBody: (bytes) => add("request", bytes),
      requestGap: (count) => void (text.request += `?${count}`),
      requestEnd() {},
      responseHead() {},
      responseBody: (bytes) => add("response", bytes),
      responseGap: (count) => void (text.response += `?${count}`),
      end: () => void this.seen.push(seen(exchange, text)),
    };
  }
}

export function told(calls: readonly Call[], feed: Feed = {}): Told {
  const listener = new Listener(feed);
  for (const call of calls) listener.call(call, feed.sizes);
  return listener.end(feed.clean);
}

function seen(exchange: Exchange, text: { request: string; response: string }): Seen {
  const { request, response } = exchange;
  const object = (headers?: Headers) => Object.fromEntries(headers ?? []);
  const incomplete = (["request", "response"] as const).filter((side) => !exchange[side].complete);
  return {
    index: exchange.index,
    role: exchange.role,
    method: request.head.method,
    target: request.head.target,
    headers: object(request.head.headers),
    sent: text.request,
    status: response.head?.status ?? null,
    answerHeaders: object(response.head?.headers),
    received: text.response,
    incomplete: incomplete.join(" "),
    gaps: request.gaps + response.gaps,
    tid: exchange.actor.tid,
  };
}

/** One line an exchange. */
export function line({ method, target, status, sent, received, incomplete }: Seen): string {
  const marks = incomplete === "" ? "" : ` (incomplete ${incomplete})`;
  return `${method} ${target} ${status ?? "-"} ${sent}|${received}${marks}`;
}
