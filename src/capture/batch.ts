/** Records as the kernel framed them in a ring: a drained batch is a copy of that range. */
import { DISCARD_BIT, LENGTH_MASK, RECORD_HEADER_BYTES } from "../../ffi/ring_buffer.ts";
import { header } from "./layout.gen.ts";

/**
 * Calls `visit` with the start of each whole record.
 *
 * @returns how many records were malformed and passed over
 */
export function forEachRecord(
  view: DataView,
  visit: (at: number, type: number, size: number) => void,
): number {
  let malformed = 0;
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= view.byteLength) {
    const word = view.getUint32(at, true);
    const length = word & LENGTH_MASK;
    const start = at + RECORD_HEADER_BYTES;
    at = start + ((length + 7) & ~7);
    if (word & DISCARD_BIT) continue;
    const fits = length >= header.size && start + length <= view.byteLength;
    if (!fits || view.getUint32(start + header.recordSize, true) !== length) {
      malformed++;
      continue;
    }
    visit(start, view.getUint16(start + header.type, true), length);
  }
  return malformed;
}

export function viewOf(batch: Uint8Array): DataView {
  return new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
}
