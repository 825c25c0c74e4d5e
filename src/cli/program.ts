/** The command line: names, options, help. Each command's work is imported when it is asked for. */
import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError, Help, type Option } from "commander";
import { version } from "../version.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import type { OptionalFeature } from "../capture/feature_names.ts";
import { withCaptureOptions } from "./capture_options.ts";
import { port, span } from "./option_values.ts";
import { print, say } from "./print.ts";
import { addReportCommands } from "./report_commands.ts";
import { checkSelection, withoutOption } from "./selection_options.ts";
import { addTopCommand } from "./top/command.ts";
import type { TraceOptions } from "./trace_options.ts";

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
  addTopCommand(program, done);
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
      done(doctor(options));
    });
  return program;
}

interface DoctorOptions {
  readonly json?: true;
  readonly cost?: true;
  readonly for: number;
  readonly without: readonly OptionalFeature[];
}

/** That an option is off, or names nothing, goes without saying. */
function described(option: Option): string {
  const { defaultValue: value } = option;
  const shown: Option = Object.assign(Object.create(Object.getPrototypeOf(option)), option);
  if (value === false || (Array.isArray(value) && value.length === 0)) shown.defaultValue = undefined;
  if (typeof value === "number" && value >= 1 << 20) shown.default(value, `${value >> 20}M`);
  return new Help().optionDescription(shown);
}

function checkCommand(command: readonly string[] | null): readonly string[] | null {
  if (command?.length === 0) {
    throw new CliError("CMD is missing behind --. Example: sudo agentsight trace -- claude", {
      code: ExitCode.usage,
    });
  }
  return command;
}

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
