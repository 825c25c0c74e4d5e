/** `agentsight top`: its options and help. */
import { type Command, Option } from "commander";
import { CliError, ExitCode } from "../exit_code.ts";
import { span } from "../option_values.ts";
import { checkSelection, withSelection } from "../selection_options.ts";
import type { TopOptions } from "./top.ts";
import { orders } from "./view.ts";

export function addTopCommand(program: Command, done: (code: number) => void): void {
  withSelection(program.command("top").description("a live table of the agents on this machine"))
    .optionsGroup("Output:")
    .addOption(new Option("--sort <by>", "greatest first").choices(orders).default("cpu"))
    .addOption(
      new Option("--interval <time>", "between two looks, such as 2s or 500ms").argParser(span).default(
        1000,
        "1s",
      ),
    )
    .option("--once", "one table and no more", false)
    .addOption(
      new Option("--for <time>", "with --once: how long to look before").argParser(span).default(3000, "3s"),
    )
    .option("--json", "with --once: as one JSON document", false)
    .addHelpText("after", topExamples)
    .action(async (options: TopOptions) => {
      if (options.json && !options.once) {
        throw new CliError("--json is for one table: agentsight top --once --json", { code: ExitCode.usage });
      }
      checkSelection({ ...options, capture: "meta" }, null);
      const { top } = await import("./top.ts");
      done(await top(options));
    });
}

const topExamples = `
Keys: q quits, a c t $ x f n p m l sort by agent, calls, tokens, cost, programs, files, connections, processor,
memory or lost, < and > by the next, r the other way round. Without a terminal one table follows the other.

Examples:
  sudo agentsight top                          every process that talks to an LLM
  sudo agentsight top --comm claude --sort cost
  sudo agentsight top --once --json | jq '.agents[] | [.agent, .cost_usd]'`;
