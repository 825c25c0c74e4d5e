/**
 * `application/vnd.amazon.eventstream`: `[u32 total][u32 headers][u32 CRC of these][headers][payload][u32 CRC]`,
 * big-endian. Own code: the codec on npm takes whole messages only, reads header values past the end of a message
 * into whatever lies behind it in the same memory, and comes with 8 MB of client runtime.
 */
import { crc32 } from "node:zlib";
import { ByteBuffer } from "../byte_buffer.ts";
import { type EventStreamHeaders, readHeaders } from "./event_stream_headers.ts";
import type { BodyOptions, MessageReader } from "./message_sink.ts";

export interface EventStreamMessage {
  readonly headers: EventStreamHeaders;
  /** Only valid during the call. */
  readonly payload: Uint8Array;
}

const PRELUDE = 12;
/** Prelude and the checksum at the end. */
const FRAMING = 16;
/** The format's own limits. */
const MAX_HEADERS = 128 << 10;
const MAX_TOTAL = (16 << 20) + MAX_HEADERS + FRAMING;

export class EventStreamReader implements MessageReader {
  readonly #options: BodyOptions<EventStreamMessage>;
  /** A message whose length is known. */
  readonly #message: ByteBuffer;
  /** Bytes of it that are to come. */
  #left = 0;
  /** It is too long: it is passed over. */
  #dropped = false;
  /** Bytes that may begin a prelude. */
  #begun: Uint8Array = new Uint8Array(0);
  /** After a gap, or what was no message: only a prelude with a right checksum is certain. */
  #seeking = false;

  /** `limit` is of headers and payload together. */
  constructor(options: BodyOptions<EventStreamMessage>) {
    this.#options = options;
    this.#message = new ByteBuffer(options.limit + FRAMING, options.budget);
  }

  push(bytes: Uint8Array): void {
    let rest = this.#begun.length > 0 ? joined(this.#begun, bytes) : bytes;
    this.#begun = rest.subarray(0, 0);
    while (rest.length > 0) {
      if (this.#left > 0) rest = this.#continue(rest);
      else if (rest.length >= PRELUDE) rest = this.#begin(rest);
      else {
        this.#begun = rest.slice();
        return;
      }
    }
  }

  gap(): void {
    this.#message.clear();
    this.#left = 0;
    this.#begun = new Uint8Array(0);
    this.#seeking = true;
  }

  end({ complete }: { readonly complete: boolean }): void {
    const unfinished = this.#left > 0 || this.#begun.length > 0;
    if (complete && unfinished && !this.#seeking && !this.#dropped) this.#options.sink.lost("unreadable");
    this.#message.release();
  }

  /** At the start of a message, or looking for one. */
  #begin(bytes: Uint8Array): Uint8Array {
    const at = findPrelude(bytes);
    if (at !== 0 && !this.#seeking) {
      this.#seeking = true;
      this.#options.sink.lost("unreadable");
    }
    if (at < 0) return bytes.subarray(bytes.length - PRELUDE + 1);
    this.#seeking = false;
    const rest = bytes.subarray(at);
    const total = viewOf(rest).getUint32(0);
    this.#dropped = total - FRAMING > this.#options.limit;
    if (this.#dropped) this.#options.sink.lost("too-large");
    else if (rest.length >= total) {
      this.#read(rest.subarray(0, total));
      return rest.subarray(total);
    }
    this.#left = total;
    return rest;
  }

  #continue(bytes: Uint8Array): Uint8Array {
    const more = bytes.subarray(0, this.#left);
    this.#left -= more.length;
    if (!this.#dropped && this.#message.append(more) > 0) {
      this.#dropped = true;
      this.#options.sink.lost("too-large");
    }
    if (this.#left === 0 && !this.#dropped) this.#read(this.#message.view());
    if (this.#left === 0 || this.#dropped) this.#message.clear();
    return bytes.subarray(more.length);
  }

  /** A message with a wrong checksum is passed over: where it ends is certain, as its prelude was right. */
  #read(bytes: Uint8Array): void {
    const view = viewOf(bytes);
    const end = bytes.length - 4;
    const payload = PRELUDE + view.getUint32(4);
    const right = crc32(bytes.subarray(0, end)) === view.getUint32(end);
    const headers = right ? readHeaders(bytes.subarray(PRELUDE, payload)) : null;
    if (headers) this.#options.sink.message({ headers, payload: bytes.subarray(payload, end) });
    else this.#options.sink.lost("unreadable");
  }
}

/** Where the first prelude starts, or -1. */
function findPrelude(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  for (let at = 0; at + PRELUDE <= bytes.length; at++) {
    const total = view.getUint32(at);
    if (total < FRAMING || total > MAX_TOTAL) continue;
    const headers = view.getUint32(at + 4);
    if (headers > MAX_HEADERS || headers > total - FRAMING) continue;
    if (crc32(bytes.subarray(at, at + 8)) === view.getUint32(at + 8)) return at;
  }
  return -1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
