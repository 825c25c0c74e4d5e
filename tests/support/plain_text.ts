/** Plain text as it was captured: a file of rounds put together again, connection by connection. */
import assert from "node:assert/strict";
import { concat } from "../../src/bytes.ts";
import { PayloadDecoder } from "../../src/capture/decode_payload.ts";
import type { Loss } from "../../src/capture/messages.ts";
import { readRounds } from "../../src/capture/round_file.ts";
import type { Actor } from "../../src/event.ts";
import { MemoryBudget } from "../../src/protocol/byte_buffer.ts";
import { LossCounter } from "../../src/protocol/losses.ts";
import { Halves } from "../../src/protocol/reassembly/halves.ts";
import type { Direction, StreamRecord } from "../../src/protocol/stream_record.ts";

export type Data = Extract<StreamRecord, { type: "data" }>;
export type Bind = Extract<StreamRecord, { type: "bind" }>;

export class CapturedConnection {
  readonly data: Data[] = [];
  constructor(readonly actor: Actor, readonly bonds: Bind[] = []) {}

  /** One direction's bytes. Throws when a position is missing or there twice, and when what follows of a call does not. */
  bytes(direction: Direction): Uint8Array {
    const parts = this.data.filter(({ dir }) => dir === direction).sort((a, b) => a.pos - b.pos);
    let end = 0;
    for (const [i, { pos, bytes, call, left }] of parts.entries()) {
      assert.equal(pos, end, `${direction}: the next byte is ${end}`);
      end += bytes.length;
      const next = parts[i + 1];
      const follows = next?.call === call ? next.bytes.length + (next.left ?? 0) : 0;
      if (left) assert.equal(left, follows, `${direction}: of call ${call} from ${pos}`);
    }
    return concat(parts.map(({ bytes }) => bytes));
  }
}

export interface PlainText {
  readonly connections: readonly CapturedConnection[];
  readonly losses: readonly Loss[];
}

/** Every connection of a file that `--rounds` wrote; the two halves of one that was seen at the crypto library joined. */
export function plainText(file: string): PlainText {
  const { boot, rounds } = readRounds(Deno.readFileSync(file));
  const decoder = new PayloadDecoder(boot);
  const halves = new Halves({ losses: new LossCounter(), budget: new MemoryBudget(256 << 20) });
  const connections = new Map<number, CapturedConnection>();
  const bonds = new Map<number, Bind[]>();
  for (const { now, payload } of rounds) {
    const records: StreamRecord[] = [];
    if (payload) decoder.decode(payload, records);
    for (const record of records) keep(halves.push(record));
    keep(halves.flush(now));
  }
  assert.equal(decoder.takeMalformed(), 0);
  return { connections: [...connections.values()], losses: rounds.flatMap(({ losses }) => losses) };

  function earlyBonds(conn: number): Bind[] {
    const known = bonds.get(conn) ?? [];
    bonds.set(conn, known);
    return known;
  }

  function keep(records: readonly StreamRecord[]): void {
    for (const record of records) {
      if (record.type === "open") {
        connections.set(record.conn, new CapturedConnection(record.actor, bonds.get(record.conn)));
      }
      if (record.type === "data") connections.get(record.conn)!.data.push(record);
      // A write's socket is known before the write returns and its connection is told of.
      if (record.type === "bind") {
        (connections.get(record.conn)?.bonds ?? earlyBonds(record.conn)).push(record);
      }
    }
  }
}
