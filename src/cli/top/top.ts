/** `top`: a live table of agents. */
import { openLibc } from "../../../ffi/libc.ts";
import { bootTime } from "../../capture/clock.ts";
import { type CaptureOptions, DEFAULT_LIMITS, type Selection } from "../../capture/messages.ts";
import type { Micros } from "../../event.ts";
import { Pipeline } from "../../pipeline.ts";
import { cacheDirectory } from "../../targets/cache/cache_directory.ts";
import { ExitCode } from "../exit_code.ts";
import { announceInstance } from "../instances.ts";
import { beginCapture } from "../live_capture.ts";
import { checkCanCapture } from "../preflight.ts";
import { print, say } from "../print.ts";
import { untilStopped } from "../stop.ts";
import { colorsFor, reportWidth } from "../terminal.ts";
import { TopModel } from "./model.ts";
import { canDraw, printTable, Screen } from "./screen.ts";
import { formatTop, type Order, orders, sorted } from "./view.ts";

export interface TopOptions {
  readonly comm: readonly string[];
  readonly pid: readonly number[];
  readonly exe: readonly string[];
  readonly all: boolean;
  readonly sort: Order;
  /** ms */
  readonly interval: number;
  readonly once: boolean;
  /** ms until the one snapshot. */
  readonly for: number;
  readonly json: boolean;
}

/** Of texts only numbers are shown; but an agent's name may be in its command line. */
const LEVEL = "redacted";

const KEYS: Readonly<Record<string, Order>> = {
  a: "agent",
  c: "calls",
  t: "tokens",
  $: "cost",
  x: "execs",
  f: "files",
  n: "connections",
  p: "cpu",
  m: "memory",
  l: "lost",
};
const HELP =
  "q quits · sort: agent calls tokens $cost eXecs files conNections cPu memory lost · r reverses · < > next";

/** Resolves with the exit code. */
export async function top(options: TopOptions): Promise<number> {
  checkCanCapture("agentsight top");
  using _instance = announceInstance(say);
  const boot = bootTime(openLibc());
  const capture = await beginCapture(captureOptions(options, boot));
  if (options.once) say(`watching for ${options.for / 1000} s`);
  const pipeline = new Pipeline({ boot, level: LEVEL, fold: "auto" });
  const model = new TopModel();
  const stop = untilStopped(null, { say });
  void stop.requested.then(() => capture.stop());
  let now = 0 as Micros;
  let order = options.sort, reversed = false;
  const drawing = !options.once && canDraw();
  using screen = drawing ? new Screen(press) : null;
  const timer = options.once
    ? setTimeout(() => capture.stop(), options.for)
    : setInterval(show, options.interval);
  try {
    show();
    for await (const round of capture.rounds()) {
      now = round.now;
      model.push(await pipeline.push(round));
      for (const library of pipeline.takeRejected()) capture.reject(library);
    }
    model.push(await pipeline.end());
  } finally {
    clearTimeout(timer);
    stop.release();
  }
  if (options.once) tell();
  return ExitCode.ok;

  function press(key: string): void {
    if (key === "q") return capture.stop();
    const step = key === ">" ? 1 : key === "<" ? -1 : 0;
    if (key === "r") reversed = !reversed;
    else if (step !== 0) order = orders.at((orders.indexOf(order) + step) % orders.length)!;
    else order = KEYS[key.toLowerCase()] ?? order;
    show();
  }

  function show(): void {
    if (options.once) return;
    const table = { rows: model.rows(now), losses: model.losses };
    if (!screen) return printTable(formatTop(table, { ...look(), order, reversed }));
    const { width, height } = screen.size;
    const colors = colorsFor(true);
    const lines = formatTop(table, { order, reversed, width, height: height - 2, colors });
    screen.draw([...lines, "", colors.dim(HELP.slice(0, width))]);
  }

  function tell(): void {
    const [rows, { losses }] = [model.rows(now), model];
    if (options.json) print(JSON.stringify({ agents: sorted(rows, { order, reversed }), losses }, null, 2));
    else print(formatTop({ rows, losses }, { ...look(), order, reversed }).join("\n"));
  }
}

function look() {
  return { width: reportWidth(), height: Infinity, colors: colorsFor(Deno.stdout.isTerminal()) };
}

function captureOptions({ comm, pid, exe, all, interval }: TopOptions, boot: number): CaptureOptions {
  const select: Selection = { comms: comm, pids: pid, exes: exe, all };
  return {
    select,
    level: LEVEL,
    rings: { control: 8 << 20, payload: 32 << 20 },
    limits: DEFAULT_LIMITS,
    envNames: false,
    launched: null,
    cache: cacheDirectory(),
    boot,
    without: [],
    resourcesMs: interval,
  };
}
