/** Options of `trace` and `record`. */
import { type Command, Option } from "commander";
import { DEFAULT_LIMITS } from "../capture/messages.ts";
import { count, entries, interval, port, size } from "./option_values.ts";
import { withoutOption, withSelection } from "./selection_options.ts";

export function withCaptureOptions(command: Command): Command {
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
    .option(
      "--max-connections <count>",
      "followed at once: TLS, and as many with plain text",
      entries,
      DEFAULT_LIMITS.connections,
    )
    .addOption(withoutOption())
    .addOption(new Option("--rounds <file>", "also keep what the kernel said, to replay it").hideHelp())
    .addHelpText("after", captureExamples);
}

const captureExamples = `
Examples:
  sudo agentsight trace                          find agents by what they send
  sudo agentsight trace -- claude -p "hello"     start an agent, as you, and watch it
  sudo agentsight trace --comm python            every python, whatever its version
  sudo agentsight trace --json -- python3 agent.py | jq 'select(.kind == "llm.call")'`;
