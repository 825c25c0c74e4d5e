/** What AgentSight costs a machine where nothing happens. */
import { type Bench, Series } from "./bench.ts";
import { withInterval } from "./bootstrap.ts";
import { proportional } from "./memory.ts";
import { agentsight, discard, startTrace } from "./trace_process.ts";
import { cpuSeconds } from "./tracers.ts";

/** Until what starting up took is given back. */
const SETTLED_SECONDS = 35;
const SECONDS = 20;

export const idle: Bench = {
  name: "idle",
  title: "Idle",
  method:
    `\`agentsight trace\` with its web page, ${SETTLED_SECONDS} s after it began, for ${SECONDS} s in which nobody does ` +
    "anything: processor time as /proc says it, in steps of 10 ms, and proportional set size of all mappings but the rings.",
  async run({ dir, quick }) {
    const cpu = new Series("CPU", "% of a core", { most: 0.3 });
    const memory = new Series("proportional set size without rings", "MB", { most: 120 });
    const first = new Series("the same 3 s after it began", "MB");
    const shorter = quick ? 10 : 1;
    for (let i = 0; i < (quick ? 1 : 5); i++) {
      const recording = `${Deno.makeTempDirSync({ dir })}/recording.sqlite`;
      await using trace = await startTrace(["--db", recording, "--port", "0"], agentsight);
      discard(trace.stdout);
      await pause(3);
      first.add(proportional(trace.pid).own);
      await pause((SETTLED_SECONDS - 3) / shorter);
      const before = cpuSeconds(trace.pid);
      await pause(SECONDS / shorter);
      cpu.add(100 * (cpuSeconds(trace.pid) - before) / (SECONDS / shorter));
      memory.add(proportional(trace.pid).own);
    }
    return [withInterval(cpu), memory.row, first.row];
  },
};

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
