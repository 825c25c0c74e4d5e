/** A request and its answer, whatever protocol version carried them: what the interpret stage listens to. */
import type { Actor, Micros } from "../event.ts";
import type { ConnId, Transport } from "./stream_record.ts";

export type Role = "client" | "server";

/** Lower-case names; repeated fields are joined with ", ". */
export type Headers = ReadonlyMap<string, string>;

/** HTTP/2 compresses: of a connection that was joined in the middle, what was said before we came is not known. */
export const UNKNOWN_METHOD = "?";

export interface RequestHead {
  /** Or `UNKNOWN_METHOD`. */
  readonly method: string;
  /** The request target as sent: a path, an absolute URL, or `host:port` for CONNECT. Empty when not known. */
  readonly target: string;
  readonly version: string;
  readonly headers: Headers;
}

export interface ResponseHead {
  /** 0 when not known. */
  readonly status: number;
  readonly version: string;
  readonly headers: Headers;
}

/** One side of an exchange, as far as it was seen. `bytes` counts the body as transferred, still content-coded. */
export interface Side<H> {
  readonly head: H | null;
  readonly bytes: number;
  /** Bytes known to be missing. */
  readonly gaps: number;
  /** The message's own framing said that it ended. */
  readonly complete: boolean;
}

export interface Exchange {
  readonly conn: ConnId;
  /** What carried the connection's plain text. */
  readonly transport: Transport;
  /** From 1 on each connection. */
  readonly index: number;
  /** Whether the traced process sent the request or answered it. */
  readonly role: Role;
  /** The thread that wrote (or read) the first byte of the request. */
  readonly actor: Actor;
  /** When the first byte of the request was seen. */
  readonly start: Micros;
  /** When the last byte so far was seen. */
  readonly last: Micros;
  readonly request: Side<RequestHead> & { readonly head: RequestHead };
  readonly response: Side<ResponseHead>;
}

/** Follows one exchange. Bytes are only valid during the call. `end` comes exactly once, and last. */
export interface ExchangeObserver {
  requestBody(bytes: Uint8Array): void;
  requestGap(count: number): void;
  requestEnd(): void;
  responseHead(head: ResponseHead): void;
  responseBody(bytes: Uint8Array): void;
  responseGap(count: number): void;
  end(): void;
}

export type ObserveExchange = (exchange: Exchange) => ExchangeObserver;

/** One message of a WebSocket, assembled and inflated. */
export interface SocketMessage {
  /** Who sent it, whichever end is traced. */
  readonly from: Role;
  readonly binary: boolean;
  /** Only valid during the call. */
  readonly bytes: Uint8Array;
  /** False when some of it is missing or could not be inflated. */
  readonly complete: boolean;
  /** When its last byte was seen, and by whom. */
  readonly ts: Micros;
  readonly actor: Actor;
}

/** Follows the messages of one WebSocket, in the order they were seen. `end` comes exactly once, and last. */
export interface SocketObserver {
  message(message: SocketMessage): void;
  /** At least `count` bytes of this direction are missing: whole messages may be. */
  gap(from: Role, count: number): void;
  end(ts: Micros): void;
}

/** `upgrade` is the exchange that opened the WebSocket; it has ended. */
export type ObserveSocket = (upgrade: Exchange) => SocketObserver;
