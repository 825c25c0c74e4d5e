/** What every event begins with. */

declare const brand: unique symbol;

/** Unix time in microseconds; below 2^53 until the year 2255. */
export type Micros = number & { readonly [brand]: "Micros" };

/** `<start of the root process, Unix µs, base 36>-<its pid>`: one agent process tree. */
export type SessionId = string & { readonly [brand]: "SessionId" };

/** One thread of one process. `start` tells a reused pid apart. */
export interface Actor {
  readonly pid: number;
  readonly tid: number;
  readonly start: Micros;
  readonly comm: string;
}

export interface Head<K extends string> extends Actor {
  /** Position in the stream, from 1, without holes; live text has one too, and is not kept in a recording. */
  readonly seq: number;
  readonly ts: Micros;
  readonly kind: K;
  readonly session: SessionId | null;
  /** Present when equal events were folded into this one. */
  readonly count?: number;
  readonly first_ts?: Micros;
  readonly last_ts?: Micros;
}

/** How a system call ended: what it returned when that is 0 or more is 0 here, else a negative errno. */
export interface Outcome {
  /** Null when the thread died within the call: it may or may not have happened. */
  readonly result: number | null;
}
