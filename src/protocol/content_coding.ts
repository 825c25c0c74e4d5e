/** Content codings (RFC 9110, section 8.4): a decoder takes body bytes and hands on decoded ones. */
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import { ByteBuffer, type MemoryBudget } from "./byte_buffer.ts";

/** Where decoded bytes go; `cut` when some could not be decoded or were too many. */
export interface DecodedSink {
  data(bytes: Uint8Array): void;
  gap(): void;
  cut(reason: "undecodable" | "too-large"): void;
}

/** Incremental on the outside: a decoder may hand on bytes at any push. `end` comes once. */
export interface Decoder {
  push(bytes: Uint8Array): void;
  gap(): void;
  end(): void;
}

export interface DecoderOptions {
  readonly sink: DecodedSink;
  readonly limit: number;
  readonly budget: MemoryBudget;
}

type Inflate = (bytes: Uint8Array, maxOutputLength: number) => Uint8Array;

const SYNC = { finishFlush: constants.Z_SYNC_FLUSH };

/** Each decodes what is there of a body that broke off. */
const INFLATERS: ReadonlyMap<string, Inflate> = new Map<string, Inflate>([
  ["gzip", (bytes, maxOutputLength) => gunzipSync(bytes, { ...SYNC, maxOutputLength })],
  ["x-gzip", (bytes, maxOutputLength) => gunzipSync(bytes, { ...SYNC, maxOutputLength })],
  // "deflate" is zlib by the standard and raw deflate from some servers: the first byte tells.
  ["deflate", (bytes, maxOutputLength) => {
    const inflate = (bytes[0]! & 0x0f) === 8 ? inflateSync : inflateRawSync;
    return inflate(bytes, { ...SYNC, maxOutputLength });
  }],
  ["br", (bytes, maxOutputLength) => {
    return brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength });
  }],
  ["zstd", (bytes, maxOutputLength) => {
    return zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength });
  }],
]);

/** `coding` is the Content-Encoding field; null or "identity" hands bytes on as they are. */
export function contentDecoder(coding: string | null, options: DecoderOptions): Decoder {
  const names = (coding ?? "").toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (names.length === 0) return new Identity(options);
  return new Collected(names.reverse(), options);
}

class Identity implements Decoder {
  readonly #options: DecoderOptions;
  #left: number;

  constructor(options: DecoderOptions) {
    this.#options = options;
    this.#left = options.limit;
  }

  push(bytes: Uint8Array): void {
    if (this.#left <= 0) return;
    const { sink } = this.#options;
    this.#left -= bytes.length;
    if (this.#left >= 0) return sink.data(bytes);
    sink.data(bytes.subarray(0, bytes.length + this.#left));
    sink.cut("too-large");
  }

  gap(): void {
    if (this.#left > 0) this.#options.sink.gap();
  }

  end(): void {}
}

/** Decodes at the end, and only what came before the first gap. */
class Collected implements Decoder {
  readonly #options: DecoderOptions;
  readonly #names: readonly string[];
  readonly #buffer: ByteBuffer;
  #full = false;
  #gap = false;

  constructor(names: readonly string[], options: DecoderOptions) {
    this.#names = names;
    this.#options = options;
    this.#buffer = new ByteBuffer(options.limit, options.budget);
  }

  push(bytes: Uint8Array): void {
    if (!this.#gap && !this.#full) this.#full = this.#buffer.append(bytes) > 0;
  }

  gap(): void {
    this.#gap = true;
  }

  end(): void {
    const { sink, limit } = this.#options;
    try {
      let bytes = this.#buffer.view();
      for (const name of this.#names) {
        const inflate = INFLATERS.get(name);
        if (!inflate) return sink.cut("undecodable");
        if (bytes.length > 0) bytes = inflate(bytes, limit);
      }
      if (bytes.length > 0) sink.data(bytes);
      if (this.#gap) sink.gap();
      if (this.#full) sink.cut("too-large");
    } catch (error) {
      const tooLarge = error instanceof RangeError;
      sink.cut(tooLarge ? "too-large" : "undecodable");
    } finally {
      this.#buffer.release();
    }
  }
}
