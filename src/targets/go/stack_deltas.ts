/**
 * How far the stack pointer is below its value at entry, at each instruction of a Go function (the pcsp table).
 *
 * Pairs of LEB128 numbers: change of the value (zigzag), distance of program counters in quanta. The value starts at
 * -1 and a change of 0 ends the table, except as the first.
 */

export interface DeltaRange {
  /** Bytes from the function's entry. */
  readonly start: number;
  readonly end: number;
  /** Bytes of stack in use. */
  readonly delta: number;
}

/** crypto/tls has 40 in its longest functions. */
const MAX_RANGES = 1024;
/** Two numbers of at most five bytes. */
export const MAX_DELTA_TABLE_BYTES = MAX_RANGES * 10;

/** The ranges in order, or null when the table is damaged, goes beyond the function or is longer than any real one. */
export function readStackDeltas(
  bytes: Uint8Array,
  { quantum, size }: { quantum: number; /** Bytes of the function. */ size: number },
): DeltaRange[] | null {
  const ranges: DeltaRange[] = [];
  let at = 0;
  let start = 0;
  let delta = -1;
  const number = (): number | null => {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (ranges.length < MAX_RANGES) {
    const change = number();
    if (change === null) return null;
    if (change === 0 && ranges.length > 0) return ranges;
    const distance = number();
    if (distance === null || distance === 0) return null;
    delta += change % 2 === 1 ? -(change + 1) / 2 : change / 2;
    const end = start + distance * quantum;
    if (end > size) return null;
    ranges.push({ start, end, delta });
    start = end;
  }
  return null;
}
