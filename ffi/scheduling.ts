/** When a thread gets a processor (sched(7)). */
import type { Libc } from "./libc.ts";

const SCHED_OTHER = 0;
const SCHED_IDLE = 5;
/** struct sched_param: a priority, which these policies have none of. */
const PARAM = new Uint8Array(4);
/** Stands for the calling thread. */
const OWN = 0;

export type Scheduling = Pick<Libc["symbols"], "sched_setscheduler">;

/**
 * Only when nobody else wants one, or like everybody. The id of a process is that of its first thread. Without the right
 * to it nothing changes. A nice value is no such thing: who is nice still keeps others waiting until its slice ends.
 */
export function giveWay(libc: Scheduling, gives: boolean, thread = OWN): void {
  libc.sched_setscheduler(thread, gives ? SCHED_IDLE : SCHED_OTHER, PARAM);
}
