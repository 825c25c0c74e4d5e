/** What the reassemble stage reads: plain text of connections, in the order it was captured. */
import type { Actor, Micros, Peer } from "../event.ts";

/** Unique within one recording; a reused TLS object gets a new id. */
export type ConnId = number;

/** `tls`: taken at a TLS library's call. The others were never encrypted. */
export type Transport = "tls" | "tcp" | "unix" | "pipe";

/** What the kernel took a connection for, by its first bytes. `json-rpc`: one message a line, one way. */
export type Speech = "http" | "json-rpc";

/** Seen from the traced process. */
export type Direction = "send" | "recv";

/** The socket one direction of a connection goes through. */
export interface Bond {
  /** Its inode: with the local port, one life of a socket. */
  readonly socket: number;
  readonly localPort: number;
  readonly peer: Peer;
}

export type StreamRecord =
  /** `fromStart` is false for a connection that was open before it came into view. */
  | {
    readonly type: "open";
    readonly conn: ConnId;
    readonly fromStart: boolean;
    /** `tls` unless told. */
    readonly transport?: Transport;
    /** Known of what was never encrypted. */
    readonly speaks?: Speech;
    /** One direction, seen at the crypto library; its socket says which other half it belongs to. */
    readonly half?: true;
    /** The hooked library it was seen in. */
    readonly library?: number;
    readonly ts: Micros;
    readonly actor: Actor;
  }
  /**
   * `pos` is the offset of `bytes[0]` in its direction's stream: a jump is a gap. `call` counts library calls; `left`
   * bytes of the same one follow.
   */
  | {
    readonly type: "data";
    readonly conn: ConnId;
    readonly dir: Direction;
    readonly pos: number;
    readonly call: number;
    readonly left?: number;
    /** Received when what was sent up to this position, with the whole call that reaches it, may still have to follow. */
    readonly after?: number;
    readonly bytes: Uint8Array;
    readonly ts: Micros;
    readonly actor: Actor;
  }
  | ({
    readonly type: "bind";
    readonly conn: ConnId;
    readonly dir: Direction;
    readonly ts: Micros;
    readonly actor: Actor;
  } & Bond)
  /**
   * The process at the other end of a `json-rpc` stream, told once for each. Its own calls are not told: the bytes are
   * the same. Bytes in direction `send` have their writer as actor and may have a `reader`; those in `recv`, the reverse.
   */
  | {
    readonly type: "reader" | "writer";
    readonly conn: ConnId;
    readonly ts: Micros;
    readonly actor: Actor;
  }
  | { readonly type: "close"; readonly conn: ConnId; readonly ts: Micros; readonly actor: Actor }
  /** The process ended: every connection of (pid, start) ends with it. */
  | { readonly type: "exit"; readonly pid: number; readonly start: Micros; readonly ts: Micros };
