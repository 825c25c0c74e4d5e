/** One direction of a connection: records in any order in, bytes in stream order and provable gaps out. */
import type { Actor, Micros } from "../../event.ts";
import type { StreamRecord } from "../stream_record.ts";
import type { MemoryBudget } from "../byte_buffer.ts";

export type DataRecord = Extract<StreamRecord, { type: "data" }>;

/** Where bytes came from. `callStart`: they are the first ones of a library call. */
export interface Arrival {
  readonly ts: Micros;
  readonly actor: Actor;
  readonly callStart: boolean;
}

export interface StreamSink {
  data(bytes: Uint8Array, at: Arrival): void;
  gap(count: number, ts: Micros): void;
}

/** Reordering between CPUs spans a few records: more than this waiting behind a hole means that it is a loss. */
const MAX_HELD_RECORDS = 64;
const MAX_HELD_BYTES = 1 << 20;

export class ByteStream {
  readonly #sink: StreamSink;
  readonly #budget: MemoryBudget;
  /** Offset of the next byte to deliver; null until the first record of a stream joined in the middle. */
  #next: number | null;
  #call = -1;
  #held: DataRecord[] = [];
  #heldBytes = 0;

  constructor(sink: StreamSink, options: { fromStart: boolean; budget: MemoryBudget }) {
    this.#sink = sink;
    this.#budget = options.budget;
    this.#next = options.fromStart ? 0 : null;
  }

  /** When the oldest record that waits behind a hole was captured. */
  get heldSince(): Micros | null {
    let oldest: Micros | null = null;
    for (const { ts } of this.#held) if (oldest === null || ts < oldest) oldest = ts;
    return oldest;
  }

  push(record: DataRecord): void {
    this.#next ??= record.pos;
    if (record.pos <= this.#next) {
      this.#deliver(record);
      if (this.#held.length > 0) this.#release();
    } else {
      this.#hold(record);
    }
  }

  /** Declares every hole a gap and delivers what waited behind it. */
  settle(): void {
    while (this.#held.length > 0) {
      const first = this.#held[0]!;
      const missing = first.pos - this.#next!;
      if (missing > 0) {
        this.#next = first.pos;
        this.#sink.gap(missing, first.ts);
      }
      this.#release();
    }
  }

  #hold(record: DataRecord): void {
    const size = record.bytes.length;
    const full = this.#held.length >= MAX_HELD_RECORDS || this.#heldBytes + size > MAX_HELD_BYTES;
    if (full) this.settle();
    if (record.pos <= this.#next!) return this.#deliver(record);
    const granted = this.#budget.take(size);
    this.#heldBytes += granted;
    // A copy: the caller's buffer may be reused after this batch.
    const kept = { ...record, bytes: record.bytes.slice() };
    const after = this.#held.findIndex((held) => held.pos > record.pos);
    this.#held.splice(after < 0 ? this.#held.length : after, 0, kept);
    if (full || granted < size) this.settle();
  }

  #release(): void {
    while (this.#held.length > 0 && this.#held[0]!.pos <= this.#next!) this.#deliver(this.#held.shift()!);
    if (this.#held.length > 0) return;
    this.#budget.give(this.#heldBytes);
    this.#heldBytes = 0;
  }

  #deliver(record: DataRecord): void {
    const known = this.#next! - record.pos;
    const fresh = known < record.bytes.length;
    const callStart = record.call !== this.#call && known === 0;
    if (!fresh) return;
    this.#call = record.call;
    this.#next = record.pos + record.bytes.length;
    const bytes = known > 0 ? record.bytes.subarray(known) : record.bytes;
    this.#sink.data(bytes, { ts: record.ts, actor: record.actor, callStart });
  }
}
