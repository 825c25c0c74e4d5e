/** Processes that the kernel stopped until a file they use is judged. */

/** Nobody waits longer for us than this. */
export const HOLD_MS = 5000;

/** Continues a process that the kernel stopped for us; it may be gone already. */
export function resume(pid: number): void {
  try {
    Deno.kill(pid, "SIGCONT");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
  }
}
