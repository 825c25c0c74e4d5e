/** One direction of a connection, as it is seen at a crypto library, and what it belongs to. */
import type { Micros } from "../../event.ts";
import type { ConnId, Direction, StreamRecord } from "../stream_record.ts";

export type Open = Extract<StreamRecord, { type: "open" }>;
export type Data = Extract<StreamRecord, { type: "data" }>;
export type Bind = Extract<StreamRecord, { type: "bind" }>;

/** A connection of two halves; known by the id of the first. */
export interface Whole {
  readonly conn: ConnId;
  /** Where the next key's bytes go on: keys change within a connection. */
  readonly ends: Record<Direction, number>;
  readonly closed: Set<Direction>;
  /** Whether what it received is known. */
  answered: boolean;
}

export interface Half {
  readonly open: Open;
  readonly waiting: Data[];
  /** Taken from the budget. */
  waitingBytes: number;
  /** Its socket, once that is known. */
  bond: Bind | null;
  whole: Whole | null;
  /** Position of this half's first byte in the whole's direction. */
  base: number;
  dir: Direction | null;
}

/** What was sent through a socket that is not known, and has no answer. */
export function asking(halves: readonly Half[]): Half[] {
  return halves.filter(({ dir, bond, whole }) => dir === "send" && !bond && !whole?.answered);
}

/** Answers that wait for their requests. */
export function answering(halves: readonly Half[]): Half[] {
  return halves.filter(({ dir, bond, whole }) => dir === "recv" && bond && !whole);
}

/** One life of a socket. */
export function socketOf({ actor, socket, localPort }: Bind): string {
  return `${actor.pid}:${actor.start}:${socket}:${localPort}`;
}

/** A number of a process is used again: its start tells which. */
export function isSame(a: Process, b: Process): boolean {
  return a.pid === b.pid && a.start === b.start;
}

interface Process {
  readonly pid: number;
  readonly start: Micros;
}
