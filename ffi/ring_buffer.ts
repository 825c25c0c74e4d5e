/**
 * A BPF ring buffer, read by mapping it: no call and no callback a record.
 *
 * Layout (kernel/bpf/ringbuf.c): one page with the consumer position, one with the producer position, then the data
 * area mapped twice in a row, so that a record is never split. A record is an 8-byte header (length with a busy and a
 * discard bit, page offset) and its bytes, rounded up to 8.
 */
import type { Libc } from "./libc.ts";

const PROT_READ = 1;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

export const RECORD_HEADER_BYTES = 8;
export const BUSY_BIT = 0x8000_0000 | 0;
export const DISCARD_BIT = 0x4000_0000;
export const LENGTH_MASK = 0x3fff_ffff;

export class RingBuffer implements Disposable {
  readonly #libc: Libc;
  readonly #size: number;
  readonly #pageSize: number;
  readonly #consumer: Deno.PointerObject;
  readonly #producer: Deno.PointerObject;
  readonly #consumed: BigUint64Array;
  readonly #produced: BigUint64Array;
  readonly #data: Uint8Array<ArrayBuffer>;
  readonly #headers: Int32Array;
  #closed = false;

  /** Maps the ring behind `fd`, whose data area is `size` bytes (a power of two). Throws when it cannot be mapped. */
  constructor(libc: Libc, ring: { readonly fd: number; readonly size: number }) {
    this.#libc = libc;
    this.#size = ring.size;
    this.#pageSize = libc.symbols.getpagesize();
    this.#consumer = this.#map(ring.fd, { bytes: this.#pageSize, protection: PROT_READ_WRITE, offset: 0 });
    const produced = this.#pageSize + 2 * ring.size;
    this.#producer = this.#map(ring.fd, { bytes: produced, protection: PROT_READ, offset: this.#pageSize });
    const view = Deno.UnsafePointerView;
    this.#consumed = new BigUint64Array(view.getArrayBuffer(this.#consumer, 8));
    this.#produced = new BigUint64Array(view.getArrayBuffer(this.#producer, 8));
    const data = view.getArrayBuffer(this.#producer, 2 * ring.size, this.#pageSize);
    this.#data = new Uint8Array(data);
    this.#headers = new Int32Array(data);
  }

  #map(fd: number, area: { bytes: number; protection: number; offset: number }): Deno.PointerObject {
    const address = this.#libc.symbols.mmap(
      null,
      BigInt(area.bytes),
      area.protection,
      MAP_SHARED,
      fd,
      BigInt(area.offset),
    );
    if (address === null || BigInt(Deno.UnsafePointer.value(address)) === MAP_FAILED) {
      throw new Error(`Cannot map a ring buffer of ${area.bytes} bytes: out of memory or address space`);
    }
    return address;
  }

  /** The producer's position now: what is written before it can be waited for with `drain(until)`. */
  position(): bigint {
    return Atomics.load(this.#produced, 0);
  }

  /** Whether everything that was written is drained. */
  isEmpty(): boolean {
    return this.isDrainedTo(this.position());
  }

  /** Whether everything before this position is drained. */
  isDrainedTo(position: bigint): boolean {
    return this.#consumed[0]! >= position;
  }

  /**
   * Copies the committed records, with their ring headers, and frees their space.
   *
   * @param limit no more than this many bytes, but always at least one record
   * @param until no record that starts at or behind this position
   * @returns null when there is none
   */
  drain(limit: number, until?: bigint): Uint8Array<ArrayBuffer> | null {
    const from = this.#consumed[0]!;
    const end = until ?? Atomics.load(this.#produced, 0);
    const available = Number(end - from);
    if (available <= 0) return null;
    const start = Number(from & BigInt(this.#size - 1));
    let length = 0;
    while (length < available) {
      const header = Atomics.load(this.#headers, (start + length) >>> 2);
      if (header & BUSY_BIT) break;
      const record = (RECORD_HEADER_BYTES + (header & LENGTH_MASK) + 7) & ~7;
      if (length > 0 && length + record > limit) break;
      length += record;
    }
    if (length === 0) return null;
    const batch = this.#data.slice(start, start + length);
    Atomics.store(this.#consumed, 0, from + BigInt(length));
    return batch;
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#libc.symbols.munmap(this.#consumer, BigInt(this.#pageSize));
    this.#libc.symbols.munmap(this.#producer, BigInt(this.#pageSize + 2 * this.#size));
  }
}
