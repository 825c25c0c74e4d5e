/** From the kernel's boot clock to Unix time, by one offset a recording: time never jumps within it. */
import type { Micros } from "../event.ts";
import type { Libc } from "../../ffi/libc.ts";

const CLOCK_REALTIME = 0;
const CLOCK_BOOTTIME = 7;

/** Unix time of boot, µs. */
export function bootTime(libc: Libc): number {
  // The pair read closest together wins: a preemption in between would shift everything.
  let best = { width: Infinity, offset: 0 };
  for (let i = 0; i < 5; i++) {
    const before = bootNow(libc);
    const real = read(libc, CLOCK_REALTIME);
    const width = bootNow(libc) - before;
    if (width < best.width) best = { width, offset: real - before - width / 2 };
  }
  return Math.round(best.offset);
}

/** `ns` since boot, split as the kernel's little-endian u64. Exact to the microsecond for 104 days of uptime, then to two. */
export function toMicros(boot: number, low: number, high: number): Micros {
  return (boot + Math.floor((high * 4294967296 + low) / 1000)) as Micros;
}

/** Time since boot, µs. */
export function bootNow(libc: Libc): number {
  return Math.floor(read(libc, CLOCK_BOOTTIME));
}

function read(libc: Libc, clock: number): number {
  const time = new BigInt64Array(2);
  libc.symbols.clock_gettime(clock, new Uint8Array(time.buffer));
  return Number(time[0]) * 1e6 + Number(time[1]) / 1e3;
}
