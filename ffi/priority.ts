/** Nice values of threads (sched(7)): from -20 to 19, and the greater, the later. */
import type { Libc } from "./libc.ts";

const PRIO_PROCESS = 0;
/** Stands for the calling thread. */
const OWN = 0;

export type Priorities = Pick<Libc["symbols"], "getpriority" | "setpriority">;

export function ownNice(libc: Priorities): number {
  return libc.getpriority(PRIO_PROCESS, OWN);
}

/** Without the right to it nothing changes. The id of a process is that of its first thread. */
export function setNice(libc: Priorities, nice: number, thread = OWN): void {
  libc.setpriority(PRIO_PROCESS, thread, nice);
}
