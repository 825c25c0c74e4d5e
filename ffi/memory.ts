/** Memory that was needed for a while, such as for starting up, and that nobody would give back by himself. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Libc } from "./libc.ts";

/** M_MMAP_THRESHOLD of malloc.h. */
const MMAP_THRESHOLD = -3;
/** Less than a batch of records. */
const LARGE_BYTES = 64 << 10;

/**
 * Has large blocks go back to the kernel when they are freed, for the rest of the process. Without it glibc keeps ever
 * larger ones for itself (up to 32 MB) once one was freed, and what lies between them keeps them.
 */
export function returnLargeBlocks(libc: Libc): void {
  libc.symbols.mallopt(MMAP_THRESHOLD, LARGE_BYTES);
}

/**
 * Collects this isolate's garbage and gives free pages back to the kernel. Some 50 ms.
 *
 * An isolate that has nothing to do collects nothing, so that what its last work took stays; and freed memory stays with
 * glibc where something behind it is in use. Seen of a trace that had just begun: 157 MB before, 135 MB after.
 */
export function giveBack(libc: Libc): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  libc.symbols.malloc_trim(0n);
}
