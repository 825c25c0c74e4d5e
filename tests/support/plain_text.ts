/** Plain text as it was captured: a file of rounds put together again, connection by connection. */
import assert from "node:assert/strict";
import { concat } from "../../src/bytes.ts";
import { type LibraryUse, PayloadDecoder } from "../../src/capture/decode_payload.ts";
import type { Loss } from "../../src/capture/messages.ts";
import { readRounds } from "../../src/capture/round_file.ts";
import type { Actor } from "../../src/event.ts";
import type { Direction, StreamRecord } from "../../src/protocol/stream_record.ts";

export type Data = Extract<StreamRecord, { type: "data" }>;

export class CapturedConnection {
  readonly data: Data[] = [];
  constructor(readonly actor: Actor) {}

  /** One direction's bytes. Throws when a position is missing or there twice. */
  bytes(direction: Direction): Uint8Array {
    const parts = this.data.filter(({ dir }) => dir === direction).sort((a, b) => a.pos - b.pos);
    let end = 0;
    for (const { pos, bytes } of parts) {
      assert.equal(pos, end, `${direction}: the next byte is ${end}`);
      end += bytes.length;
    }
    return concat(parts.map(({ bytes }) => bytes));
  }
}

export interface PlainText {
  readonly connections: readonly CapturedConnection[];
  readonly losses: readonly Loss[];
}

/** Every connection of a file that `--rounds` wrote. */
export function plainText(file: string): PlainText {
  const { boot, rounds } = readRounds(Deno.readFileSync(file));
  const decoder = new PayloadDecoder(boot);
  const records: StreamRecord[] = [];
  for (const { payload } of rounds) {
    if (payload) decoder.decode(payload, { records, uses: [] as LibraryUse[] });
  }
  assert.equal(decoder.takeMalformed(), 0);
  const connections = new Map<number, CapturedConnection>();
  for (const record of records) {
    if (record.type === "open") connections.set(record.conn, new CapturedConnection(record.actor));
    if (record.type === "data") connections.get(record.conn)!.data.push(record);
  }
  return { connections: [...connections.values()], losses: rounds.flatMap(({ losses }) => losses) };
}
