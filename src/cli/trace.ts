/** `trace` and `record`: capture → pipeline → store, console and web page, until Ctrl-C or CMD's end. */
import { openLibc } from "../../ffi/libc.ts";
import { bootTime } from "../capture/clock.ts";
import type { LiveCapture } from "../capture/live.ts";
import type { CaptureOptions } from "../capture/messages.ts";
import { LocalConnections } from "../capture/local_connections.ts";
import { RoundFile } from "../capture/round_file.ts";
import type { Event, Micros } from "../event.ts";
import { Pipeline } from "../pipeline.ts";
import type { StoreError } from "../store/store_error.ts";
import { version } from "../version.ts";
import { openDashboard } from "./dashboard.ts";
import { cacheDirectory } from "../targets/cache/cache_directory.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { announceInstance } from "./instances.ts";
import { launch, type Launched } from "./launch.ts";
import { beginCapture } from "./live_capture.ts";
import { EventOutput } from "./event_output.ts";
import { checkCanCapture } from "./preflight.ts";
import { Recording } from "./recording.ts";
import { untilStopped } from "./stop.ts";
import { formatSummary } from "./summary_output.ts";
import { colorsFor } from "./terminal.ts";
import { selectionOf, type TraceOptions } from "./trace_options.ts";
import { invokingUser } from "./user.ts";
import { print, say } from "./print.ts";

/** Resolves with the exit code. */
export async function trace(options: TraceOptions): Promise<number> {
  checkCanCapture(`agentsight ${options.quiet ? "record" : "trace"}`);
  const user = invokingUser();
  using _instance = announceInstance(say);
  const started = Date.now() * 1000 as Micros;
  using recording = Recording.create(options, { user, now: started });
  const boot = bootTime(openLibc());
  using cmd = options.command && await launch(options.command, { user, stdoutToStderr: options.json });

  const capture = await beginCapture(captureOptions(options, { boot, cmd }));
  const info = () => ({
    version,
    live: true,
    recording: recording.path ?? "",
    started,
    capture: options.capture,
  });
  const dashboard = options.server
    ? openDashboard({ queries: recording.queries, port: options.port, info })
    : null;
  if (dashboard?.moved) say(`port ${options.port} is taken, using the next free one`);
  // Before anybody is told that Ctrl-C ends it.
  const stop = untilStopped(cmd, { say });
  say(watchingLine(options, capture));
  if (dashboard) say(`web page: ${dashboard.url}`);

  const pipeline = new Pipeline({ boot, level: options.capture, fold: options.fold });
  const output = new EventOutput(options, { ownsTerminal: cmd !== null });
  using rounds = options.rounds === undefined ? null : createRounds(options.rounds, boot);
  void Promise.race([stop.requested, output.closed]).then(() => capture.stop());
  const local = new LocalConnections();
  let lost = false;

  const tell = (failure: StoreError | null) => {
    if (!failure) return;
    say(failure.message);
    if (options.store) capture.stop();
  };
  const deliver = (events: readonly Event[]) => {
    lost ||= events.some((event) => event.kind === "loss");
    tell(recording.append(events));
    dashboard?.hub.publish(events);
    output.write(events);
  };
  cmd?.go();
  let broken = false;
  try {
    for await (const round of capture.rounds()) {
      rounds?.write(round);
      const events = await pipeline.push(round);
      capture.findPeers(local.of(events));
      deliver(events);
      for (const library of pipeline.takeRejected()) capture.reject(library);
    }
  } catch (error) {
    broken = true;
    say(`${error instanceof Error ? error.message : error}. What was captured until here is kept`);
  }
  deliver(await pipeline.end());
  tell(recording.finish());
  stop.release();
  await dashboard?.stop();

  const summary = recording.queries.summary();
  if (!options.json) {
    print(["", ...formatSummary(summary, colorsFor(Deno.stdout.isTerminal()))].join("\n"));
  }
  if (recording.path !== null) say(`recording: ${recording.path} (agentsight view shows it)`);
  // The agent is the user's: it is never ended for a reason of ours.
  const ended = cmd && !stop.isForced() ? await cmd.ended : cmd ? ExitCode.interrupted : ExitCode.ok;
  if (broken) return ExitCode.cannotCapture;
  if (recording.failed && options.store) return ExitCode.store;
  if (options.strict && lost) return ExitCode.evidenceLost;
  return ended;
}

function captureOptions(
  options: TraceOptions,
  { boot, cmd }: { readonly boot: number; readonly cmd: Launched | null },
): CaptureOptions {
  return {
    select: selectionOf(options),
    level: options.capture,
    rings: { control: options.ringControl, payload: options.ringPayload },
    limits: {
      rate: options.maxRate,
      processes: options.maxProcesses,
      files: options.maxFiles,
      connections: options.maxConnections,
      queue: options.maxQueue,
    },
    envNames: options.envNames,
    launched: cmd?.pid ?? null,
    cache: cacheDirectory(),
    boot,
    without: options.without,
    resourcesMs: options.resources,
  };
}

function createRounds(path: string, boot: number): RoundFile {
  try {
    return RoundFile.create(path, boot);
  } catch (error) {
    const reason = error instanceof Deno.errors.AlreadyExists ? "it exists already" : String(error);
    throw new CliError(`Cannot write rounds to ${path}: ${reason}`, { code: ExitCode.usage, cause: error });
  }
}

function watchingLine(options: TraceOptions, { ready }: LiveCapture): string {
  const { comm, pid, exe, all, command } = options;
  const what = [
    ...comm,
    ...pid.map((id) => `process ${id}`),
    ...exe,
    ...(all ? ["every process"] : []),
    ...(command ? [command[0]] : []),
  ];
  const target = what.length > 0 ? what.join(", ") : "for agents: any process that talks to an LLM";
  return `watching ${target} (probes attached in ${Math.round(ready.elapsed_ms)} ms, Ctrl-C ends)`;
}
