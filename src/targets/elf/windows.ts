/** A part of a file read piece by piece, so that a table of 100 MB costs little memory. */
import type { ByteSource } from "./elf.ts";

const WINDOW_BYTES = 256 << 10;

/** A part of a file, in bytes. */
export interface Extent {
  readonly offset: number;
  readonly size: number;
}

export interface Window {
  /** File offset of the first byte. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Bytes before the next piece starts. */
  readonly own: number;
}

/** Pieces in order, each with the first `overlap` bytes of the next, so that nothing of that length is cut. */
export function* windows(source: ByteSource, extent: Extent, overlap: number): Generator<Window> {
  const end = extent.offset + extent.size;
  const into = new Uint8Array(Math.min(WINDOW_BYTES + overlap, Math.max(0, extent.size)));
  for (let offset = extent.offset; offset < end; offset += WINDOW_BYTES) {
    const bytes = source.read(offset, Math.min(WINDOW_BYTES + overlap, end - offset), { into });
    if (bytes.length === 0) return;
    yield { offset, bytes, own: Math.min(bytes.length, WINDOW_BYTES) };
  }
}

/** Whole little-endian words; the file offset of `bytes` is taken to be a multiple of four. */
export function words(bytes: Uint8Array): Uint32Array {
  const length = bytes.length >> 2;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, length);
}

/** Exactly `length` bytes, or null when the file has fewer. */
export function view(source: ByteSource, offset: number, length: number): DataView | null {
  const bytes = source.read(offset, length);
  return bytes.length < length ? null : new DataView(bytes.buffer, bytes.byteOffset, length);
}
