/** /proc/PID/stat and /proc/PID/io, read as bytes: a process may be called anything. */

/** USER_HZ: 100 wherever Linux runs these probes. */
const TICK_US = 10_000;
const [SPACE, CLOSING, LINE, ZERO, NINE] = [0x20, 0x29, 0x0a, 0x30, 0x39];
const [ZOMBIE, DEAD] = [0x5a, 0x58];
/** Positions behind the name: proc(5) counts from 1, and the state, behind the name, is field 3. */
const field = (number: number) => number - 3;

export interface Stat {
  /** Since boot, in steps of 10 ms. */
  readonly start_us: number;
  readonly threads: number;
  /** Of the process and its ended threads, without its children. */
  readonly cpu_us: number;
  readonly rss_pages: number;
}

/** Null when it is no such file, or the process is ended and only waited for. */
export function parseStat(bytes: Uint8Array): Stat | null {
  // The name may hold anything, also ") R 1"; behind it are a letter and numbers.
  const name = bytes.lastIndexOf(CLOSING);
  if (name < 0 || bytes[name + 1] !== SPACE) return null;
  const ended = [ZOMBIE, DEAD].includes(bytes[name + 2] ?? DEAD);
  const numbers: number[] = [NaN];
  for (let at = name + 4; at < bytes.length && numbers.length <= field(24);) {
    const end = endOf(bytes, at, SPACE);
    numbers.push(decimal(bytes, at, end));
    at = end + 1;
  }
  const of = (number: number) => numbers[field(number)] ?? NaN;
  const stat = {
    start_us: of(22) * TICK_US,
    threads: of(20),
    cpu_us: (of(14) + of(15)) * TICK_US,
    rss_pages: of(24),
  };
  // While other threads run, the first one's end is not the process's.
  if (ended && stat.threads <= 1) return null;
  return Object.values(stat).every(Number.isSafeInteger) ? stat : null;
}

export interface Moved {
  readonly read_bytes: number;
  readonly written_bytes: number;
}

/** What passed through read(2), write(2) and their kin. Null when the file does not say. */
export function parseIo(bytes: Uint8Array): Moved | null {
  const values = new Map<string, number>();
  for (let at = 0; at < bytes.length && values.size < 2;) {
    const end = endOf(bytes, at, LINE);
    const label = String.fromCharCode(...bytes.subarray(at, at + 7));
    if (label === "rchar: " || label === "wchar: ") values.set(label, decimal(bytes, at + 7, end));
    at = end + 1;
  }
  const [read_bytes = NaN, written_bytes = NaN] = [values.get("rchar: "), values.get("wchar: ")];
  return Number.isSafeInteger(read_bytes) && Number.isSafeInteger(written_bytes)
    ? { read_bytes, written_bytes }
    : null;
}

function endOf(bytes: Uint8Array, from: number, separator: number): number {
  const end = bytes.indexOf(separator, from);
  return end < 0 ? bytes.length : end;
}

/** NaN for anything but digits. */
function decimal(bytes: Uint8Array, from: number, end: number): number {
  // A number at the end of the file has a line end behind it.
  const to = bytes[end - 1] === LINE ? end - 1 : end;
  if (from >= to) return NaN;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at]!;
    if (digit < ZERO || digit > NINE) return NaN;
    value = value * 10 + digit - ZERO;
  }
  return value;
}
