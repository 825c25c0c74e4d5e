/** Programs that watch a process and what it starts: attached before it works, gone after it. */
import { join } from "node:path";
import { agentsight, discard, startTrace } from "./trace_process.ts";

const PATIENCE_MS = 30_000;

export interface Tracer {
  readonly name: string;
  /** Resolves when `pid` and its children are watched; records go to files below `dir`. */
  attach(pid: number, dir: string): Promise<Attached>;
}

export interface Attached {
  /** Processor time it has used so far, s. */
  cpu(): number;
  detach(): Promise<void>;
}

export const bare: Tracer = {
  name: "nothing",
  attach: () => Promise.resolve({ cpu: () => 0, detach: () => Promise.resolve() }),
};

/** As users run it: with a recording; the web page waits for somebody. */
export const agentSight: Tracer = {
  name: "AgentSight",
  async attach(pid, dir) {
    const args = ["--no-server", "--db", join(dir, `${pid}.sqlite`), "--pid", String(pid)];
    const trace = await startTrace(args, agentsight);
    discard(trace.stdout);
    return { cpu: () => cpuSeconds(trace.pid), detach: trace.stop };
  },
};

export const bpftrace: Tracer = {
  name: "bpftrace",
  async attach(pid, dir) {
    const [script, out] = [join(import.meta.dirname!, "bpftrace", "files.bt"), join(dir, `${pid}.bpftrace`)];
    const mounted = 'mount -t tracefs none /sys/kernel/tracing; exec bpftrace -o "$1" "$2" "$3"';
    const child = new Deno.Command("unshare", {
      args: ["--mount", "sh", "-c", mounted, "sh", out, script, String(pid)],
      env: { BPFTRACE_STRLEN: "120" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await untilFile(out, "watching", child);
    return detachable(child);
  },
};

export const strace: Tracer = {
  name: "strace",
  async attach(pid, dir) {
    const out = join(dir, `${pid}.strace`);
    const calls = "open,openat,creat,close,unlink,unlinkat,rename,renameat,renameat2,execve,exit_group";
    const child = new Deno.Command("strace", {
      args: ["-f", "-tt", "-e", `trace=${calls}`, "-o", out, "-p", String(pid)],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const reader = child.stderr.getReader();
    const { value } = await reader.read();
    if (!new TextDecoder().decode(value).includes("attached")) {
      throw new Error("Cannot measure: strace refused");
    }
    reader.releaseLock();
    discard(child.stderr);
    return detachable(child);
  },
};

/** Those of the list that are installed. */
export function available(tracers: readonly Tracer[]): Tracer[] {
  return tracers.filter(({ name }) => {
    if (name === bare.name || name === agentSight.name) return true;
    try {
      return new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
        .success;
    } catch {
      return false;
    }
  });
}

/** Seconds of processor time of a process, all its threads. */
export function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function detachable(child: Deno.ChildProcess): Attached {
  let cpu = 0;
  return {
    cpu() {
      try {
        cpu = cpuSeconds(child.pid);
      } catch {
        // It ended with what it watched.
      }
      return cpu;
    },
    async detach() {
      try {
        child.kill("SIGINT");
      } catch {
        // It has ended.
      }
      await child.status;
    },
  };
}

async function untilFile(path: string, text: string, child: Deno.ChildProcess): Promise<void> {
  let ended = false;
  void child.status.then(() => ended = true);
  const late = setTimeout(() => child.kill(), PATIENCE_MS);
  while (!(await Deno.readTextFile(path).catch(() => "")).includes(text)) {
    if (ended) throw new Error(`Cannot measure: it ended before it watched: ${path}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  clearTimeout(late);
}
