/** Options that more than one command has. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { optionalFeatures } from "../capture/feature_names.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { pid } from "./option_values.ts";
import { exists } from "./preflight.ts";
import type { TraceOptions } from "./trace_options.ts";

/** For tests: as on a kernel that lacks them. */
export function withoutOption(): Option {
  const features = (value: string) =>
    value.split(",").map((name) => {
      const feature = optionalFeatures.find((known) => known === name);
      if (!feature) throw new InvalidArgumentError(`They are ${optionalFeatures.join(", ")}.`);
      return feature;
    });
  return new Option("--without <features>", "do without these features of the kernel").argParser(features)
    .default([]).hideHelp();
}

export function withSelection(command: Command): Command {
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

export function checkSelection(
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
