/** The codings of bodies by their names, and what decoding each of them takes. */
import { BrotliInflater, brotliWindow } from "./brotli_inflater.ts";
import { type Inflater, OUTPUT_SIZE } from "./inflater.ts";
import { NativeInflater } from "./native_inflater.ts";

export interface Opened {
  readonly inflater: Inflater;
  /** What it holds from the start. */
  readonly memory: number;
  /** Up to how much of what it decoded it will keep as well. */
  readonly history: number;
}

/** Null when the first byte of a body tells that it cannot be decoded. */
type Open = (first: number) => Opened | null;

/** Window, tables and output buffer of one inflate stream. */
export const INFLATE_MEMORY = 48 * 1024 + OUTPUT_SIZE;
/** Tables, and a block before and after it is decoded. The window is only touched as it fills. */
const ZSTD_MEMORY = 384 * 1024 + OUTPUT_SIZE;
const ZSTD_HISTORY = 8 << 20;
/** Beside the window. */
const BROTLI_MEMORY = 256 * 1024 + OUTPUT_SIZE;

const openGzip: Open = () => ({ inflater: new NativeInflater("gzip"), memory: INFLATE_MEMORY, history: 0 });

export const CODINGS: ReadonlyMap<string, Open> = new Map<string, Open>([
  ["gzip", openGzip],
  ["x-gzip", openGzip],
  // "deflate" is zlib by the standard and raw deflate from some servers: the first byte tells.
  ["deflate", (first) => {
    const format = (first & 0x0f) === 8 ? "zlib" : "raw";
    return { inflater: new NativeInflater(format), memory: INFLATE_MEMORY, history: 0 };
  }],
  ["br", (first) => {
    const window = brotliWindow(first);
    if (window === null) return null;
    return { inflater: new BrotliInflater(), memory: BROTLI_MEMORY + window, history: 0 };
  }],
  ["zstd", () => ({ inflater: new NativeInflater("zstd"), memory: ZSTD_MEMORY, history: ZSTD_HISTORY })],
]);
