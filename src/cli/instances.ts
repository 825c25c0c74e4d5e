/** Other traces on this machine: allowed, and said, because each pays for its own probes. */
const DIRECTORY = "/run/agentsight";

/** Leaves a note that this trace runs, until disposed. */
export function announceInstance(say: (text: string) => void): Disposable {
  const own = `${DIRECTORY}/${Deno.pid}`;
  try {
    Deno.mkdirSync(DIRECTORY, { recursive: true, mode: 0o755 });
    const others = runningInstances();
    if (others.length > 0) {
      say(`another trace runs already (process ${others.join(", ")}); both record, and each costs`);
    }
    Deno.writeTextFileSync(own, startOf(Deno.pid) ?? "");
  } catch {
    // Only a courtesy: a read-only /run must not stop a trace.
  }
  return {
    [Symbol.dispose]() {
      try {
        Deno.removeSync(own);
      } catch {
        // It was never written.
      }
    },
  };
}

/** Process ids of the traces that run. Throws when their notes cannot be read. */
export function runningInstances(): number[] {
  return [...Deno.readDirSync(DIRECTORY)].map((entry) => entry.name).filter(isRunning).map(Number);
}

/** A note whose process is gone, or whose pid is somebody else's now, is removed. */
function isRunning(pid: string): boolean {
  const note = `${DIRECTORY}/${pid}`;
  if (!/^\d+$/.test(pid)) return false;
  if (startOf(Number(pid)) === Deno.readTextFileSync(note)) return true;
  Deno.removeSync(note);
  return false;
}

function startOf(pid: number): string | null {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
