/** Hours of agents at work, as fast as they can be read: what stays in memory. */
import { type Bench, Series } from "./bench.ts";

const program = new URL("long_run_process.ts", import.meta.url).pathname;

export interface Sample {
  /** Simulated. */
  readonly hours: number;
  readonly calls: number;
  /** After a full collection. */
  readonly heapBytes: number;
}

export const longRun: Bench = {
  name: "long_run",
  title: "Ten hours",
  method:
    "Eight agents for ten hours of record time: 28,800 calls over HTTP/1.1 with growing histories, tools and streamed " +
    "answers, connections that come and go, some cut off. The heap after a full collection, every hour; the tables of " +
    "what is remembered fill in the first three.",
  async run({ quick }) {
    const samples = await simulate(quick ? { hours: 2, callsAnHour: 40 } : { hours: 10, callsAnHour: 2_880 });
    const heap = new Series("heap of the pipeline's middle, by the hour", "MB");
    const growth = new Series("heap at the end ÷ heap after four hours", "×", { most: 1.1 });
    for (const { heapBytes } of samples) heap.add(heapBytes / 1e6);
    const [early, late] = [samples[Math.min(3, samples.length - 2)]!, samples.at(-1)!];
    growth.add(late.heapBytes / early.heapBytes);
    return [heap.row, growth.row];
  },
};

/** Runs in a process of its own, where a collection can be asked for. */
export async function simulate(
  { hours, callsAnHour }: { readonly hours: number; readonly callsAnHour: number },
): Promise<Sample[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", program, String(hours), String(callsAnHour)],
  }).output();
  if (!success) throw new Error(`Cannot simulate: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
