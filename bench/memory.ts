/** Memory while tracing the demo. */
import { join } from "node:path";
import { type Bench, type Context, Series } from "./bench.ts";
import { agentsight, discard, startTrace } from "./trace_process.ts";

const samples = join(import.meta.dirname!, "..", "samples");
/** As /proc/PID/smaps names a mapped ring. */
const RING = "anon_inode:bpf-map";

export const memory: Bench = {
  name: "memory",
  title: "Memory",
  method:
    "`agentsight trace` with store and web page while the sample agent of `make demo` works: proportional set " +
    "size of all mappings but the rings, after the agent ended. The rings' own memory is counted once, apart.",
  async run(context) {
    const idle = new Series("watching, nothing seen yet", "MB");
    const demo = new Series("after the demo, without rings", "MB", { most: 120 });
    const rings = new Series("rings", "MB");
    for (let i = 0; i < (context.quick ? 1 : 5); i++) {
      const run = await once(context);
      idle.add(run.idle.own);
      demo.add(run.demo.own);
      rings.add(run.demo.rings);
    }
    return [demo.row, idle.row, rings.row];
  },
};

async function once({ dir }: Context) {
  const work = Deno.makeTempDirSync({ dir });
  await using trace = await startTrace(["--db", `${work}/recording.sqlite`, "--port", "0"], agentsight);
  discard(trace.stdout);
  const idle = proportional(trace.pid);
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(samples, "llm_server.ts"), "--dir", work],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    const { url, ca }: { url: string; ca: string } = JSON.parse(value);
    const workspace = join(work, "workspace");
    Deno.mkdirSync(workspace);
    const { success } = await new Deno.Command("node", {
      args: [join(samples, "agent.mjs"), "--workspace", workspace],
      env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-ant-sample", NODE_EXTRA_CA_CERTS: ca },
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success) throw new Error("Cannot measure: the sample agent failed");
    return { idle, demo: proportional(trace.pid) };
  } finally {
    server.kill("SIGINT");
    await server.status;
  }
}

/** MB of 10^6 bytes. A ring's pages are the kernel's and are mapped twice in a row: the second look is not counted. */
export function proportional(pid: number): { own: number; rings: number } {
  let ring = false;
  let own = 0;
  let rings = 0;
  for (const line of Deno.readTextFileSync(`/proc/${pid}/smaps`).split("\n")) {
    const mapping = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line);
    if (mapping) {
      ring = line.includes(RING);
      const size = parseInt(mapping[2]!, 16) - parseInt(mapping[1]!, 16);
      // A producer page and the data twice; the consumer page is a mapping of its own.
      if (ring && size > 4096) rings += (size - 4096) / 2;
    } else if (!ring && line.startsWith("Pss:")) own += Number(/\d+/.exec(line)?.[0]) * 1024;
  }
  return { own: own / 1e6, rings: rings / 1e6 };
}
