/** From the kernel's time stamp to the line on stdout. */
import { bootNow, bootTime } from "../src/capture/clock.ts";
import { type Bench, quantile, Series } from "./bench.ts";
import { libs } from "./storm.ts";
import { startTrace } from "./trace_process.ts";

const PAUSE_MS = 20;

export const latency: Bench = {
  name: "latency",
  title: "Latency",
  method:
    "A program opens a file every 20 ms while `agentsight trace --json` follows it; the time between the " +
    "kernel's time stamp of the event and its line being read from a pipe by another process.",
  async run({ quick, dir }) {
    const work = Deno.makeTempDirSync({ dir });
    const all = new Series("kernel to reader of NDJSON", "ms");
    const [p50, p99] = [new Series("p50 of a run", "ms"), new Series("p99 of a run", "ms")];
    for (let i = 0; i < (quick ? 1 : 5); i++) {
      const samples = await once(work, { opens: quick ? 20 : 200 });
      for (const sample of samples) all.add(sample);
      p50.add(quantile(samples, 0.5));
      p99.add(quantile(samples, 0.99));
    }
    return [p50.row, p99.row, all.row];
  },
};

async function once(work: string, { opens }: { opens: number }): Promise<number[]> {
  const shell = new Deno.Command("sh", {
    args: [
      "-c",
      `read -r _; i=0; while [ $i -lt ${opens} ]; do read -r _ && : > ${work}/$i; i=$((i+1)); done`,
    ],
    stdin: "piped",
  }).spawn();
  await using trace = await startTrace([
    ...["--json", "--no-store", "--no-server", "--fold", "none", "--pid", String(shell.pid)],
  ]);
  const boot = bootTime(libs.libc);
  const samples: number[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const text of trace.stdout.pipeThrough(new TextDecoderStream())) {
      const now = boot + bootNow(libs.libc);
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        if (!line.includes(`"${work}/`) || !line.includes('"file.open"')) continue;
        samples.push((now - Number(JSON.parse(line).ts)) / 1000);
      }
      if (samples.length === opens) return;
    }
  })();
  const writer = shell.stdin.getWriter();
  for (let i = 0; i <= opens; i++) {
    await writer.write(new TextEncoder().encode("\n"));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await writer.close();
  await shell.status;
  await reading;
  return samples;
}
