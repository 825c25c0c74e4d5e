/**
 * `resolve_process.ts FILE CACHE`: looks into one file as a trace does, in a process of its own, so that its memory is
 * what this took. Prints a {@link Resolved}.
 */
import { resolverUrl } from "../src/capture/resolver_workers.ts";
import type { ResolveAnswer, ResolveRequest } from "../src/capture/resolver_worker.ts";

export interface Resolved {
  readonly ms: number;
  /** Peak resident memory over what the process had before, 10^6 bytes. */
  readonly added_mb: number;
  /** How many TLS libraries can be hooked. */
  readonly stacks: number;
}

if (import.meta.main) await main(Deno.args);

async function main([file = "", cache = ""]: readonly string[]): Promise<void> {
  const worker = new Worker(resolverUrl(), { type: "module" });
  const ask = (request: ResolveRequest) =>
    new Promise<ResolveAnswer>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<ResolveAnswer>) => resolve(data);
      worker.postMessage(request);
    });
  // Answered when the worker has started.
  await ask({ id: 0, open: "/dev/null", depth: "names", cache: null });
  // Makes the peak what the process has now (proc_pid_clear_refs(5)).
  Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  const before = peak();
  const from = performance.now();
  const { verdict } = await ask({ id: 1, open: file, depth: "contents", cache });
  const ms = performance.now() - from;
  if (verdict.kind !== "found") throw new Error(`Cannot measure ${file}: it is ${verdict.kind}`);
  const resolved: Resolved = { ms, added_mb: peak() - before, stacks: verdict.stacks.length };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(resolved)));
  worker.terminate();
}

function peak(): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1]) * 1024 / 1e6;
}
