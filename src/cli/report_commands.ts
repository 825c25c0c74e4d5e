/** `report` and its reports: names, options, help. */
import { type Command, Option } from "commander";
import type { TokensBy } from "../store/token_report.ts";
import type { ToolsBy } from "../store/tool_report.ts";
import { addEffectReports } from "./effect_report_commands.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { exists } from "./preflight.ts";

const REPORTS = ["summary", "tokens", "tools", "prompts", "files", "network", "processes"] as const;

export interface ReportOptions {
  readonly json?: true;
  readonly session?: string;
  readonly agent?: string;
  readonly model?: string;
}

export interface PromptOptions extends ReportOptions {
  readonly full?: true;
  readonly grep?: string;
}

export function addReportCommands(program: Command, done: (code: number) => void): void {
  const report = program.command("report").description("print what a recording holds").addHelpText(
    "after",
    examples,
  );
  const add = (name: typeof REPORTS[number], description: string, isDefault = false) =>
    report.command(name, { isDefault }).description(description)
      .argument("[db]", "a recording; the newest one if left out")
      .option("--json", "as one JSON document");

  add("summary", "the totals (what report prints by itself)", true)
    .action(async (db: string | undefined, options: ReportOptions) => {
      checkName(db);
      const { reportSummary } = await import("./report.ts");
      done(reportSummary(db, options));
    });
  filtered(add("tokens", "tokens, cost and trouble of the LLM calls"))
    .addOption(
      new Option("--by <what>", "one row each").choices([
        "model",
        "agent",
        "session",
        "provider",
        "conversation",
      ])
        .default("model"),
    )
    .addHelpText("after", tokenExamples)
    .action(async (db: string | undefined, options: ReportOptions & { by: TokensBy }) => {
      const { reportTokens } = await import("./report.ts");
      done(reportTokens(db, options));
    });
  filtered(add("tools", "the tools that models asked for: how often, how it went, how long it took"))
    .addOption(
      new Option("--by <what>", "one row a tool, or a tool of each").choices([
        "tool",
        "model",
        "agent",
        "session",
      ])
        .default("tool"),
    )
    .addHelpText("after", toolExamples)
    .action(async (db: string | undefined, options: ReportOptions & { by: ToolsBy }) => {
      const { reportTools } = await import("./report.ts");
      done(reportTools(db, options));
    });
  filtered(add("prompts", "what was asked and answered, conversation by conversation"))
    .option("--full", "whole texts, not their first line; with reasoning")
    .option("--grep <text>", "only calls with this text in what is new in them, in any case")
    .addHelpText("after", promptExamples)
    .action(async (db: string | undefined, options: PromptOptions) => {
      const { reportPrompts } = await import("./report.ts");
      done(reportPrompts(db, options));
    });
  addEffectReports(add, done);
}

function filtered(command: Command): Command {
  return command
    .option("--session <part>", "only sessions with this in their id")
    .option("--agent <part>", "only agents with this in their name")
    .option("--model <part>", "only models with this in their name");
}

/** `report tokns` asks for a report, not for a recording of that name. */
function checkName(db: string | undefined): void {
  if (db === undefined || /[/.]/.test(db) || exists(db)) return;
  throw new CliError(
    `There is no report "${db}". Reports: ${REPORTS.join(", ")}. Example: agentsight report tokens`,
    { code: ExitCode.usage },
  );
}

const examples = `
Examples:
  agentsight report                       the totals of the newest recording
  agentsight report tokens --by agent     what each agent used and cost
  agentsight report tools                 how often, how it went, how long it took
  agentsight report prompts --grep TODO   what was asked and answered about it
  agentsight report files --changed       what was written, made, renamed or removed
  agentsight report network               which hosts were talked to, and how much
  agentsight report processes             every program that was started, as a tree`;

const tokenExamples = `
Input includes what was read from and written to a cache, output includes reasoning. Cost is at list prices.

Examples:
  agentsight report tokens
  agentsight report tokens --by conversation --agent claude
  agentsight report tokens --json | jq '.groups[] | [.name, .cost_usd]'`;

const toolExamples = `
Times are from the model's answer to the request that has the result: with approval and tools run beside it.

Examples:
  agentsight report tools
  agentsight report tools --by model --json | jq '.groups[] | select(.errors > 0)'`;

const promptExamples = `
Shown is what is new in each call, not the history that it repeats.

Examples:
  agentsight report prompts
  agentsight report prompts --agent codex --full | less
  agentsight report prompts --json | jq -r '.conversations[].calls[].answer.text'`;
