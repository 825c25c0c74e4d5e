/** Processor time of this process, all its threads: what the work costs, however busy the machine is. */
import { libs } from "./storm.ts";

const CLOCK_PROCESS_CPUTIME_ID = 2;

/** Seconds. */
export function cpuTime(): number {
  const time = new BigInt64Array(2);
  libs.libc.symbols.clock_gettime(CLOCK_PROCESS_CPUTIME_ID, new Uint8Array(time.buffer));
  return Number(time[0]) + Number(time[1]) / 1e9;
}
