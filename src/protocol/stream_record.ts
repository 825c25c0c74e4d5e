/** What the reassemble stage reads: plain text of connections, in the order it was captured. */
import type { Actor, Micros } from "../event.ts";

/** Unique within one recording; a reused TLS object gets a new id. */
export type ConnId = number;

/** Seen from the traced process. */
export type Direction = "send" | "recv";

export type StreamRecord =
  /** `fromStart` is false for a connection that was open before it came into view. */
  | {
    readonly type: "open";
    readonly conn: ConnId;
    readonly fromStart: boolean;
    readonly ts: Micros;
    readonly actor: Actor;
  }
  /** `pos` is the offset of `bytes[0]` in its direction's stream: a jump is a gap. `call` counts library calls. */
  | {
    readonly type: "data";
    readonly conn: ConnId;
    readonly dir: Direction;
    readonly pos: number;
    readonly call: number;
    readonly bytes: Uint8Array;
    readonly ts: Micros;
    readonly actor: Actor;
  }
  | { readonly type: "close"; readonly conn: ConnId; readonly ts: Micros; readonly actor: Actor }
  /** The process ended: every connection of (pid, start) ends with it. */
  | { readonly type: "exit"; readonly pid: number; readonly start: Micros; readonly ts: Micros };
