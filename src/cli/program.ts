/** The command line: names, options, help. Each command's work is imported when it is asked for. */
import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError, Help, InvalidArgumentError, Option } from "commander";
import { version } from "../version.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { exists } from "./preflight.ts";
import { type OptionalFeature, optionalFeatures } from "../capture/feature_names.ts";
import { DEFAULT_LIMITS } from "../capture/messages.ts";
import type { TopOptions } from "./top/top.ts";
import { orders } from "./top/view.ts";
import type { TraceOptions } from "./trace_options.ts";
import { print, say } from "./print.ts";
import { addReportCommands } from "./report_commands.ts";

/** Runs one command line; resolves with the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    print(version);
    return ExitCode.ok;
  }
  // Everything behind the first "--" is the agent's own command line, options and all.
  const dashes = args[0] === "complete" ? -1 : args.indexOf("--");
  const own = dashes < 0 ? args : args.slice(0, dashes);
  const command = dashes < 0 ? null : args.slice(dashes + 1);
  let code: number = ExitCode.ok;
  const program = build(command, (result) => code = result);
  tab(program);
  try {
    await program.parseAsync(own.length === 0 ? ["--help"] : own, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    if (!(error instanceof CliError)) throw error;
    say(error.message);
    return error.code;
  }
}

function build(command: readonly string[] | null, done: (code: number) => void): Command {
  const program = new Command("agentsight")
    .description(
      "See what AI agents say and do: prompts, answers and tool calls beside processes, files and connections.",
    )
    .version(version, "-V, --version")
    .configureHelp({ optionDescription: described })
    .showHelpAfterError("Run it with --help for the options.")
    .exitOverride()
    .addHelpText("after", examples);

  for (
    const [name, description] of [
      ["trace", "watch live: in the terminal, in the web page, and kept in a recording"],
      ["record", "watch quietly, keep a recording, print a summary at the end"],
    ] as const
  ) {
    withCaptureOptions(program.command(name).description(description)).action(
      async (options: TraceOptions) => {
        checkSelection(options, command);
        const { trace } = await import("./trace.ts");
        done(await trace({ ...options, quiet: name === "record", command: checkCommand(command) }));
      },
    );
  }
  program.command("view").description("open the web page on a recording (needs no root)")
    .argument("[db]", "a recording; the newest one if left out")
    .option("--port <port>", "port on loopback", port, 7395)
    .action(async (db: string | undefined, options: { port: number }) => {
      const { view } = await import("./view.ts");
      done(await view(db, options));
    });
  addReportCommands(program, done);
  withSelection(program.command("top").description("a live table of the agents on this machine"))
    .optionsGroup("Output:")
    .addOption(new Option("--sort <by>", "greatest first").choices(orders).default("cpu"))
    .addOption(
      new Option("--interval <time>", "between two looks, such as 2s or 500ms").argParser(wait).default(
        1000,
        "1s",
      ),
    )
    .option("--once", "one table and no more", false)
    .addOption(
      new Option("--for <time>", "with --once: how long to look before").argParser(wait).default(3000, "3s"),
    )
    .option("--json", "with --once: as one JSON document", false)
    .addHelpText("after", topExamples)
    .action(async (options: TopOptions) => {
      if (options.json && !options.once) {
        throw new CliError("--json is for one table: agentsight top --once --json", { code: ExitCode.usage });
      }
      checkSelection({ ...options, capture: "meta" }, null);
      const { top } = await import("./top/top.ts");
      done(await top(options));
    });
  program.command("doctor").description("what this machine allows, or what is seen of a program and why")
    .argument(
      "[target]",
      "a program's or library's file, or a process id: shows the evidence for its verdict",
    )
    .option("--json", "as JSON")
    .addOption(withoutOption())
    .option("--cost", "what the running trace costs: time and runs of each BPF program, and memory of maps")
    .option("--for <time>", "with --cost: how long to measure", span, 10_000)
    .action(async (target: string | undefined, options: DoctorOptions) => {
      if (options.cost) {
        const { doctorCost } = await import("./doctor_cost.ts");
        return done(await doctorCost({ ...options, forMs: options.for }));
      }
      if (target !== undefined) {
        const { doctorTarget } = await import("./doctor_target.ts");
        return done(doctorTarget(target, options));
      }
      const { doctor } = await import("./doctor.ts");
      done(await doctor(options));
    });
  return program;
}

interface DoctorOptions {
  readonly json?: true;
  readonly cost?: true;
  readonly for: number;
  readonly without: readonly OptionalFeature[];
}

/** For tests: as on a kernel that lacks them. */
function withoutOption(): Option {
  const features = (value: string) =>
    value.split(",").map((name) => {
      const feature = optionalFeatures.find((known) => known === name);
      if (!feature) throw new InvalidArgumentError(`They are ${optionalFeatures.join(", ")}.`);
      return feature;
    });
  return new Option("--without <features>", "do without these features of the kernel").argParser(features)
    .default([]).hideHelp();
}

/** That an option is off, or names nothing, goes without saying. */
function described(option: Option): string {
  const { defaultValue: value } = option;
  const shown: Option = Object.assign(Object.create(Object.getPrototypeOf(option)), option);
  if (value === false || (Array.isArray(value) && value.length === 0)) shown.defaultValue = undefined;
  if (typeof value === "number" && value >= 1 << 20) shown.default(value, `${value >> 20}M`);
  return new Help().optionDescription(shown);
}

function withSelection(command: Command): Command {
  const list = (value: string, before: readonly string[]) => [...before, ...value.split(",")];
  return command
    .optionsGroup("Which processes (several are a union; none: every process found talking to an LLM):")
    .option("--comm <name>", "by process name or executable name; python finds python3.11", list, [])
    .option(
      "--pid <pid>",
      "by process id, with its children",
      (v, before: number[]) => [...before, ...v.split(",").map(pid)],
      [],
    )
    .option("--exe <path>", "by executable file", list, [])
    .option("--all", "every process", false);
}

function withCaptureOptions(command: Command): Command {
  return withSelection(command.usage("[options] [-- CMD ARGS…]"))
    .optionsGroup("Output:")
    .option("--json", "events as NDJSON on stdout and nothing else", false)
    .option("--verbose", "also show reads, forks, HTTP exchanges and successful exits", false)
    .option("--db <path>", "keep the recording here")
    .option("--no-store", "keep no recording")
    .option("--no-server", "no web page")
    .option("--port <port>", "port of the web page on loopback; the next free one if taken", port, 7395)
    .addOption(
      new Option("--fold <how>", "fold equal file events; auto keeps exact totals").choices(["none", "auto"])
        .default("auto"),
    )
    .addOption(
      new Option(
        "--capture <level>",
        "off: no payload leaves the kernel; meta: sizes, timing, model, usage, programs without their arguments; redacted: text without secrets; full: as captured",
      )
        .choices(["off", "meta", "redacted", "full"]).default("redacted"),
    )
    .option("--env-names", "names of the environment with each started program, never their values", false)
    .option(
      "--resources <interval>",
      "how often CPU and memory are looked at: 2s, 500ms; 0 = never",
      interval,
      2000,
    )
    .option("--strict", "exit with 5 when evidence was lost", false)
    .optionsGroup("Limits (what is beyond them is counted and reported as lost):")
    .option("--ring-control <size>", "ring for facts, a power of two in bytes, K or M", size, 8 << 20)
    .option("--ring-payload <size>", "ring for plain text, likewise", size, 32 << 20)
    .option("--max-queue <size>", "of each, on its way through the pipeline", size, DEFAULT_LIMITS.queue)
    .option(
      "--max-rate <events>",
      "a second of one process, before opens, closes and the like are left out; 0: none",
      count,
      DEFAULT_LIMITS.rate,
    )
    .option("--max-processes <count>", "followed at once", entries, DEFAULT_LIMITS.processes)
    .option("--max-files <count>", "open files followed at once", entries, DEFAULT_LIMITS.files)
    .addOption(withoutOption())
    .addOption(new Option("--rounds <file>", "also keep what the kernel said, to replay it").hideHelp())
    .addHelpText("after", captureExamples);
}

function checkCommand(command: readonly string[] | null): readonly string[] | null {
  if (command?.length === 0) {
    throw new CliError("CMD is missing behind --. Example: sudo agentsight trace -- claude", {
      code: ExitCode.usage,
    });
  }
  return command;
}

function checkSelection(
  { capture, comm, pid, exe, all }: Pick<TraceOptions, "capture" | "comm" | "pid" | "exe" | "all">,
  command: readonly string[] | null,
): void {
  const refuse = (message: string) => {
    throw new CliError(message, { code: ExitCode.usage });
  };
  // Agents are found by what they send: without payload there is nothing to find them by.
  if (capture === "off" && command === null && !all && !comm.length && !pid.length && !exe.length) {
    refuse("--capture off needs to be told what to watch: --comm, --pid, --exe, --all or -- CMD");
  }
  const gone = pid.find((id) => !exists(`/proc/${id}`));
  if (gone !== undefined) refuse(`--pid ${gone}: there is no such process`);
  const missing = exe.find((path) => !exists(path));
  if (missing !== undefined) refuse(`--exe ${missing}: there is no such file`);
}

function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65535) {
    throw new InvalidArgumentError("It must be 0 to 65535.");
  }
  return number;
}

function count(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 1e9) {
    throw new InvalidArgumentError("It must be a number from 0 on.");
  }
  return number;
}

/** Of a map in the kernel, whose memory is set aside at the start. */
function entries(value: string): number {
  const number = count(value);
  if (number < 16 || number > 1 << 22) throw new InvalidArgumentError("It must be 16 to 4194304.");
  return number;
}

function pid(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a process id.");
  return number;
}

/** "65536", "64K", "32M". */
function size(value: string): number {
  const match = /^(\d+)([KM]?)$/i.exec(value);
  const unit = { "": 1, K: 1 << 10, M: 1 << 20 }[match?.[2]?.toUpperCase() ?? ""] ?? 1;
  const bytes = Number(match?.[1] ?? NaN) * unit;
  if (!(bytes >= 4096 && bytes <= 1 << 30 && Number.isInteger(Math.log2(bytes)))) {
    throw new InvalidArgumentError("It must be a power of two from 4K to 1024M.");
  }
  return bytes;
}

/** As {@link interval}, but some time. */
function span(value: string): number {
  const ms = interval(value);
  if (ms === 0) throw new InvalidArgumentError("It must be 100ms to 3600s.");
  return ms;
}

/** "2s", "500ms", "0"; a bare number is seconds. */
function interval(value: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)?$/.exec(value);
  const ms = Number(match?.[1] ?? NaN) * (match?.[2] === "ms" ? 1 : 1000);
  if (ms !== 0 && !(ms >= 100 && ms <= 3_600_000)) {
    throw new InvalidArgumentError("It must be 100ms to 3600s, or 0.");
  }
  return ms;
}

function wait(value: string): number {
  const ms = interval(value);
  if (ms === 0) throw new InvalidArgumentError("It must be 100ms to 3600s.");
  return ms;
}

const topExamples = `
Keys: q quits, a c t $ x f n p m l sort by agent, calls, tokens, cost, programs, files, connections, processor,
memory or lost, < and > by the next, r the other way round. Without a terminal one table follows the other.

Examples:
  sudo agentsight top                          every process that talks to an LLM
  sudo agentsight top --comm claude --sort cost
  sudo agentsight top --once --json | jq '.agents[] | [.agent, .cost_usd]'`;

const captureExamples = `
Examples:
  sudo agentsight trace                          find agents by what they send
  sudo agentsight trace -- claude -p "hello"     start an agent, as you, and watch it
  sudo agentsight trace --comm python            every python, whatever its version
  sudo agentsight trace --json -- python3 agent.py | jq 'select(.kind == "llm.call")'`;

const examples = `
Examples:
  sudo agentsight trace                 watch every agent on this machine
  sudo agentsight record -- codex       run an agent and keep what it did
  agentsight view                       look at the newest recording
  agentsight report tokens --by agent   what its calls used and cost
  sudo agentsight top                   a live table of agents
  sudo agentsight doctor                why something is not seen
  agentsight doctor ~/.local/bin/claude what is found in a program, and on what evidence

Exit codes: CMD's own, or 2 usage, 3 cannot capture, 4 recording, 5 evidence lost with --strict.`;
