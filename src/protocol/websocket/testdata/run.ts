/** What a WebSocket tells of library calls and gaps. */
import assert from "node:assert/strict";
import type { Direction } from "../../stream_record.ts";
import { ObservedSocket, type SocketOptions } from "./wire.ts";

/** A library call, or a gap. */
export type Step = readonly [dir: Direction, what: Uint8Array | number];

export function run(steps: Iterable<Step>, options: SocketOptions & { size?: number } = {}) {
  const { size, ...rest } = options;
  const socket = new ObservedSocket(rest);
  for (const [dir, what] of steps) {
    if (typeof what === "number") socket.gap(dir, what);
    else socket.data(dir, what, size === undefined ? {} : { size });
  }
  const peak = socket.memoryInUse;
  socket.end();
  assert.equal(socket.memoryInUse, 0);
  return { seen: socket.seen, losses: socket.takeLosses(), peak };
}

export function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}
