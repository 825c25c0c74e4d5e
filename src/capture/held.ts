/** Processes that the kernel stopped until a file they use is judged. */

/** Nobody waits longer for us than this, */
export const HOLD_MS = 5000;
/** but for the program that was started to be watched: a first look at 400 MB may take a slow machine longer. */
export const HOLD_LAUNCHED_MS = 30_000;
/** Then the user is told what is waited for. */
export const SILENT_MS = 1500;

/** Continues a process that the kernel stopped for us; it may be gone already. */
export function resume(pid: number): void {
  try {
    Deno.kill(pid, "SIGCONT");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
  }
}
