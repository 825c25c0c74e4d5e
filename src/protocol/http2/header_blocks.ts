/** The header blocks of one direction: put together from their frames and decoded in order. */
import { ByteBuffer } from "../byte_buffer.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import type { Field } from "./dynamic_table.ts";
import type { Frame } from "./frame.ts";
import { HpackDecoder } from "./hpack.ts";

/** Compressed. Servers refuse far less. */
const MAX_BLOCK = 65_536;

export interface HeaderBlock {
  /** The frame that it began with. */
  readonly frame: Frame;
  /** Of that frame's first byte. */
  readonly first: Arrival;
  /** Null when it could not be decoded. */
  readonly fields: readonly Field[] | null;
  readonly cut: boolean;
  /** Bytes of it that were not seen. */
  readonly missing: number;
}

export class HeaderBlocks {
  readonly #bytes = new ByteBuffer(MAX_BLOCK);
  readonly #hpack: HpackDecoder;
  #frame: Frame | null = null;
  #first: Arrival | null = null;
  #broken = false;
  #missing = 0;

  constructor(options: { readonly fresh: boolean }) {
    this.#hpack = new HpackDecoder(options);
  }

  begin(frame: Frame, first: Arrival): void {
    this.#frame = frame;
    this.#first = first;
    this.#broken = false;
    this.#missing = 0;
  }

  add(bytes: Uint8Array): void {
    if (this.#bytes.append(bytes) > 0) this.#broken = true;
  }

  gap(count: number): void {
    this.#broken = true;
    this.#missing += count;
  }

  end(): HeaderBlock {
    const frame = this.#frame!;
    const first = this.#first!;
    const decoded = this.#broken ? null : this.#hpack.decode(this.#bytes.view());
    if (this.#broken) this.#hpack.forget();
    this.#release();
    const missing = this.#missing;
    return { frame, first, fields: decoded?.fields ?? null, cut: decoded?.cut ?? false, missing };
  }

  /** Blocks may be missing from here on. Returns how many bytes of an unfinished one are dropped. */
  lose(): number {
    const dropped = this.#bytes.length;
    this.#hpack.forget();
    this.#release();
    return dropped;
  }

  #release(): void {
    this.#bytes.release();
    this.#frame = this.#first = null;
  }
}
