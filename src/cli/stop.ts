/** When a trace ends: Ctrl-C, SIGTERM, or the end of CMD. */
import type { Launched } from "./launch.ts";

export interface Stop {
  readonly requested: Promise<void>;
  /** The user did not want to wait for CMD. */
  isForced(): boolean;
  /** Stops listening for signals. */
  release(): void;
}

/** With a CMD, its end is the end: signals are passed on to it, and a second one ends the trace at once. */
export function untilStopped(cmd: Launched | null, { say }: { readonly say: (text: string) => void }): Stop {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const on = (signal: "SIGINT" | "SIGTERM" | "SIGHUP") => () => {
    asked++;
    if (cmd === null || asked > 1) return resolve();
    // The terminal sends its Ctrl-C to CMD as well.
    if (signal !== "SIGINT" || !Deno.stdin.isTerminal()) cmd.signal(signal);
    say("waiting for CMD to end; once more to stop watching now");
  };
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => [signal, on(signal)] as const);
  for (const [signal, handler] of handlers) Deno.addSignalListener(signal, handler);
  void cmd?.ended.then(() => resolve());
  return {
    requested: promise,
    isForced: () => asked > 1,
    release() {
      for (const [signal, handler] of handlers) Deno.removeSignalListener(signal, handler);
    },
  };
}
