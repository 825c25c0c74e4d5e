/** The reports of what processes did: names, options, help. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { FilesBy } from "../store/file_report.ts";
import type { NetworkBy } from "../store/network_report.ts";
import type { ProcessesBy } from "../store/process_report.ts";

export interface EffectOptions {
  readonly json?: true;
  readonly session?: string;
  readonly agent?: string;
  /** Rows; all in JSON and where it is 0. */
  readonly limit?: number;
}

export interface FileOptions extends EffectOptions {
  readonly by: FilesBy;
  readonly changed?: true;
}

type Add = (name: "files" | "network" | "processes", description: string) => Command;

export function addEffectReports(add: Add, done: (code: number) => void): void {
  common(add("files", "which files were read, written, made, renamed or removed, and by whom"))
    .addOption(by(["path", "directory", "process"], "path"))
    .option("--changed", "only what was opened to write, made, renamed, removed or changed otherwise")
    .addHelpText("after", fileExamples)
    .action(async (db: string | undefined, options: FileOptions) => {
      const { reportFiles } = await import("./effect_report.ts");
      done(reportFiles(db, options));
    });
  common(add("network", "which hosts were talked to, how often and how much, and what was listened on"))
    .addOption(by(["host", "address", "process"], "host"))
    .addHelpText("after", networkExamples)
    .action(async (db: string | undefined, options: EffectOptions & { by: NetworkBy }) => {
      const { reportNetwork } = await import("./effect_report.ts");
      done(reportNetwork(db, options));
    });
  common(add("processes", "what was started, how it ended, what it used and did"))
    .addOption(
      new Option("--by <what>", "as a tree, or the most processor time first").choices(["tree", "cpu"])
        .default("tree"),
    )
    .addHelpText("after", processExamples)
    .action(async (db: string | undefined, options: EffectOptions & { by: ProcessesBy }) => {
      const { reportProcesses } = await import("./effect_report.ts");
      done(reportProcesses(db, options));
    });
}

function by(choices: readonly string[], first: string): Option {
  return new Option("--by <what>", "one row each").choices(choices).default(first);
}

function common(command: Command): Command {
  return command
    .option("--session <part>", "only sessions with this in their id")
    .option("--agent <part>", "only what agents with this in their name started or did")
    .option("--limit <rows>", "at most so many rows; 0 for all (default: 50, all as JSON)", rows);
}

function rows(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number)) {
    throw new InvalidArgumentError("It must be a number of rows, 0 for all.");
  }
  return number;
}

const fileExamples = `
What changed comes first. Bytes are those of files that have been closed; a file opened both to read and to write
counts as both. What went to terminals and devices stands in rows of their own only, and is no change.

Examples:
  agentsight report files --changed
  agentsight report files --by directory --agent claude
  agentsight report files --json | jq -r '.groups[] | select(.removed > 0) | .name'`;

const networkExamples = `
A host has the names that TLS, HTTP and DNS told for its addresses. Connections to the machine itself name the
process at the other end.

Examples:
  agentsight report network
  agentsight report network --by process --agent codex
  agentsight report network --json | jq '.groups[] | select(.role == "listen")'`;

const processExamples = `
Examples:
  agentsight report processes
  agentsight report processes --by cpu --limit 10
  agentsight report processes --json | jq '.processes[] | select(.credentials > 0) | .argv'`;
