/** Real file events of a tracked process, from the real probes. */
import { openLibbpf } from "../ffi/libbpf.ts";
import { openLibc } from "../ffi/libc.ts";
import { bootTime } from "../src/capture/clock.ts";
import { type CaptureOptions, DEFAULT_LIMITS } from "../src/capture/messages.ts";
import { Probes } from "../src/capture/probes.ts";
import type { Context } from "./bench.ts";

/** Records of one cycle of storm.c: an unlink is two. */
export const RECORDS_PER_CYCLE = 6;
/** Events of one cycle of storm.c. */
export const EVENTS_PER_CYCLE = 5;

export const libs = { lib: openLibbpf(), libc: openLibc() };
export const boot = bootTime(libs.libc);

/** Default rings; nothing is followed but what `track` is told. */
export const captureOptions: CaptureOptions = {
  select: { comms: [], pids: [Deno.pid], exes: [], all: false },
  level: "redacted",
  rings: { control: 8 << 20, payload: 32 << 20 },
  limits: DEFAULT_LIMITS,
  envNames: false,
  launched: null,
  cache: null,
  boot,
  without: [],
  resourcesMs: 0,
};

/** Probes whose control ring holds what `cycles` cycles of file work left. Nothing adds to it any more. */
export async function probesAfterStorm(
  { dir }: Context,
  { files, cycles }: { readonly files: number; readonly cycles: number },
): Promise<Probes> {
  const probes = await Probes.load(libs, captureOptions);
  probes.attachProcess();
  const work = Deno.makeTempDirSync({ dir });
  const child = new Deno.Command(`${dir}/storm`, {
    args: [work, String(files), String(cycles), "0"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  // Tracked while it still starts, it would be stopped until its libraries are judged, which nobody does here.
  const reader = child.stdout.getReader();
  await reader.read();
  probes.track(child.pid);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("\n"));
  await writer.close();
  while (!(await reader.read()).done);
  const { success } = await child.status;
  probes.detachProcess();
  if (!success) throw new Error("Cannot measure: storm failed");
  return probes;
}
