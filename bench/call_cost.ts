/** What probes add to a library call of a running program. */
import { BpfObject } from "../ffi/bpf_object.ts";
import { mappedFiles } from "../src/capture/mapped_files.ts";
import { Probes } from "../src/capture/probes.ts";
import { resolve } from "../src/targets/resolve.ts";
import type { HookPoint } from "../src/targets/target.ts";
import { type Context, median, type Row, Series } from "./bench.ts";
import { type LineProcess, startLineProcess } from "./line_process.ts";
import { captureOptions, libs } from "./storm.ts";

/** Their median is what a time is: the other core's work slows single ones. */
const REPEATS = 5;

export interface CallLoop {
  /** Of the calls, for the reader. */
  readonly name: string;
  /** Answers a number of rounds with the mean of a call, ns. */
  readonly command: readonly string[];
  readonly rounds: number;
  /** In the path of the file with the functions. */
  readonly file: string;
  /** The functions that it calls. */
  readonly functions: RegExp;
}

export async function callCost(calls: CallLoop, { quick, dir }: Context): Promise<Row[]> {
  const { name } = calls;
  await using loop = await startLineProcess(calls.command);
  const target = hookable(loop, calls);
  const plainPair = Deno.readFileSync(`${dir}/fixed_pair.o`);
  const time = async () => {
    const means: number[] = [];
    for (let i = 0; i < REPEATS; i++) means.push(Number(await loop.ask(String(quick ? 200 : calls.rounds))));
    return median(means);
  };
  const bare = new Series(`${name}: no probes`, "ns/call");
  const untracked = new Series(`${name}: hooked, untracked: added`, "ns/call");
  const tracked = new Series(`${name}: tracked: added`, "ns/call");
  const pair = new Series(`${name}: plain probe pair, 64 bytes: added`, "ns/call");
  const ratio = new Series(`${name}: tracked: added ÷ plain pair: added`, "×");
  // The first time compiles and allocates.
  await time();
  for (let i = 0; i < (quick ? 2 : 15); i++) {
    const base = await time();
    bare.add(base);
    let added: number;
    {
      using probes = await Probes.load(libs, captureOptions);
      probes.tls.attach(target.open, { id: 1, hooks: target.hooks });
      untracked.add(await time() - base);
      probes.track(loop.pid);
      added = await time() - base;
      tracked.add(added);
    }
    using plain = new DisposableStack();
    const object = plain.use(BpfObject.load(libs.lib, plainPair, { name: "fixed_pair" }));
    for (const { offset } of target.hooks.filter((hook) => calls.functions.test(hook.name))) {
      for (const onReturn of [true, false]) {
        const program = onReturn ? "on_fixed_return" : "on_fixed_call";
        plain.use(object.attachUprobe(program, { path: target.open, offset, onReturn, cookie: 0 }));
      }
    }
    const other = await time() - base;
    pair.add(other);
    ratio.add(added / other);
  }
  return [bare, untracked, tracked, pair, ratio].map((series) => series.row);
}

function hookable(
  { pid }: LineProcess,
  { name, file }: CallLoop,
): { readonly open: string; readonly hooks: readonly HookPoint[] } {
  const mapped = mappedFiles(pid).find(({ path }) => path.includes(file));
  const verdict = mapped && resolve(mapped.open, { depth: "contents" });
  const stack = verdict?.kind === "found" ? verdict.stacks[0] : undefined;
  if (!mapped || !stack) throw new Error(`Cannot measure ${name}: ${file} cannot be hooked`);
  return { open: mapped.open, hooks: stack.hooks };
}
