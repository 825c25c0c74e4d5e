/** A real `agentsight trace` beside the benchmark. */
import { join } from "node:path";

const root = join(import.meta.dirname!, "..");

/** What starts it from source; arguments follow. */
export const agentsight = [Deno.execPath(), "run", "-A", join(root, "main.ts")];

export interface Trace extends AsyncDisposable {
  readonly pid: number;
  /** From the start of the program to its "watching" line, ms. */
  readonly watching_ms: number;
  /** What it says itself: from the start of capture to all probes attached, ms. */
  readonly attached_ms: number;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Ctrl-C, and wait. */
  stop(): Promise<void>;
}

/** Resolves when it watches. Its stdout has to be read. */
export async function startTrace(
  args: readonly string[],
  command: readonly string[] = agentsight,
): Promise<Trace> {
  const [program = "", ...rest] = command;
  const from = performance.now();
  const child = new Deno.Command(program, {
    args: [...rest, "trace", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stopped = false;
  const stop = async () => {
    if (!stopped) child.kill("SIGINT");
    stopped = true;
    await child.status;
  };
  let said = "";
  const watching = Promise.withResolvers<number>();
  void (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (/watching .*ms/.test(said)) watching.resolve(performance.now() - from);
    }
    watching.reject(new Error(`Cannot measure: trace ended with: ${said}`));
  })();
  const watching_ms = await watching.promise;
  const attached_ms = Number(/attached in (\d+) ms/.exec(said)?.[1]);
  return {
    pid: child.pid,
    watching_ms,
    attached_ms,
    stdout: child.stdout,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Reads a stream to its end and forgets it. */
export function discard(stream: ReadableStream<Uint8Array<ArrayBuffer>>): void {
  void stream.pipeTo(new WritableStream());
}
