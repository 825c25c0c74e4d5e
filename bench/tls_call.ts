/** What a TLS library call costs when it is watched, hooked only, or left alone. */
import { BpfObject } from "../ffi/bpf_object.ts";
import { Probes } from "../src/capture/probes.ts";
import { resolve } from "../src/targets/resolve.ts";
import type { HookPoint } from "../src/targets/target.ts";
import { mappedFiles } from "../src/capture/mapped_files.ts";
import { type Bench, type Context, Series } from "./bench.ts";
import { captureOptions, libs } from "./storm.ts";

const ROUNDS = 5000;

export const tlsCall: Bench = {
  name: "tls_call",
  title: "TLS call",
  method:
    "A program sends itself 64 bytes over TLS 1.3 through memory, and says what one `SSL_write` or `SSL_read` " +
    "takes: without probes, with them on its library but untracked, tracked; and with a plain pair of probes that " +
    "reserves one record of 64 bytes (the usual design, which truncates). All in turns in the same process. The " +
    "differences are paired.",
  async run(context) {
    await using loop = await startLoop(context);
    const image = Deno.readFileSync(`${context.dir}/fixed_pair.o`);
    const rounds = context.quick ? 200 : ROUNDS;
    const bare = new Series("no probes", "ns/call");
    const untracked = new Series("hooked, untracked: added", "ns/call");
    const tracked = new Series("tracked: added", "ns/call");
    const pair = new Series("plain probe pair, 64 bytes: added", "ns/call");
    const ratio = new Series("tracked: added ÷ plain pair: added", "×");
    for (let i = 0; i < (context.quick ? 2 : 15); i++) {
      const base = await loop.time(rounds);
      bare.add(base);
      let added: number;
      {
        using probes = await Probes.load(libs, captureOptions);
        probes.tls.attach(loop.library, { id: 1, hooks: loop.hooks });
        untracked.add(await loop.time(rounds) - base);
        probes.track(loop.pid);
        added = await loop.time(rounds) - base;
        tracked.add(added);
      }
      using plain = new DisposableStack();
      const object = plain.use(BpfObject.load(libs.lib, image, { name: "fixed_pair" }));
      for (const symbol of ["SSL_write", "SSL_read"]) {
        const offset = loop.hooks.find(({ name }) => name === symbol)!.offset;
        for (const onReturn of [true, false]) {
          const program = onReturn ? "on_fixed_return" : "on_fixed_call";
          plain.use(object.attachUprobe(program, { path: loop.library, offset, onReturn, cookie: 0 }));
        }
      }
      const other = await loop.time(rounds) - base;
      pair.add(other);
      ratio.add(added / other);
    }
    return [bare, untracked, tracked, pair, ratio].map((series) => series.row);
  },
};

interface Loop extends AsyncDisposable {
  readonly pid: number;
  readonly library: string;
  readonly hooks: readonly HookPoint[];
  /** Mean of a call, ns. */
  time(rounds: number): Promise<number>;
}

async function startLoop({ dir }: Context): Promise<Loop> {
  const child = new Deno.Command(`${dir}/tls_loop`, { stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const line = async () => (await reader.read()).value?.trim() ?? "";
  if (await line() !== "ready") throw new Error("Cannot measure: tls_loop did not start");
  const file = mappedFiles(child.pid).find((f) => f.path.includes("libssl"));
  const verdict = file && resolve(file.open, { depth: "names" });
  const stack = verdict?.kind === "found" ? verdict.stacks[0] : undefined;
  if (!file || !stack) {
    throw new Error("Cannot measure: tls_loop's libssl cannot be hooked");
  }
  return {
    pid: child.pid,
    library: file.open,
    hooks: stack.hooks,
    async time(rounds) {
      await writer.write(new TextEncoder().encode(`${rounds}\n`));
      return Number(await line());
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await child.status;
    },
  };
}
