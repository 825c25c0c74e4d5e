/** `report`: a recording in words and figures, or as JSON. */
import type { Evidence } from "../store/evidence.ts";
import type { Store } from "../store/store.ts";
import type { TokensBy } from "../store/token_report.ts";
import type { ToolsBy } from "../store/tool_report.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import { openRecording } from "./open_recording.ts";
import { print, printAll } from "./print.ts";
import { promptJson } from "./prompt_json.ts";
import { type ChosenCalls, formatPrompts } from "./prompt_output.ts";
import type { PromptOptions, ReportOptions } from "./report_commands.ts";
import { formatSummary } from "./summary_output.ts";
import { colorsFor, reportWidth } from "./terminal.ts";
import { formatTokens } from "./token_output.ts";
import { formatTools } from "./tool_output.ts";

export function reportSummary(db: string | undefined, { json }: ReportOptions): number {
  return read(db, ({ queries }) => {
    const summary = queries.summary();
    if (json) print(JSON.stringify(summary, null, 2));
    else print(formatSummary(summary, colorsFor(Deno.stdout.isTerminal())).join("\n"));
  });
}

export function reportTokens(
  db: string | undefined,
  options: ReportOptions & { readonly by: TokensBy },
): number {
  return read(db, (store) => {
    const report = store.reports.tokens(options.by, filterOf(options));
    const evidence = store.reports.evidence();
    if (options.json) print(JSON.stringify({ ...about(store, evidence), ...report }, null, 2));
    else print(formatTokens(report, { evidence, filter: filterOf(options), ...look() }).join("\n"));
  });
}

export function reportTools(
  db: string | undefined,
  options: ReportOptions & { readonly by: ToolsBy },
): number {
  return read(db, (store) => {
    const report = store.reports.tools(options.by, filterOf(options));
    const evidence = store.reports.evidence();
    if (options.json) print(JSON.stringify({ ...about(store, evidence), ...report }, null, 2));
    else print(formatTools(report, { evidence, filter: filterOf(options), ...look() }).join("\n"));
  });
}

/** A recording may have more text than memory: it is printed as it is read. */
export function reportPrompts(db: string | undefined, options: PromptOptions): number {
  return read(db, (store) => {
    const evidence = store.reports.evidence();
    const calls = store.reports.calls(filterOf(options));
    const chosen: ChosenCalls = { calls, grep: options.grep };
    const lines = options.json ? promptJson(chosen, about(store, evidence)) : formatPrompts(chosen, {
      evidence,
      filter: filterOf(options),
      full: options.full ?? false,
      ...look(),
    });
    printAll(lines);
  });
}

export interface About {
  readonly recording: string;
  readonly evidence: Evidence;
}

export function about({ path }: Store, evidence: Evidence): About {
  return { recording: path, evidence };
}

function filterOf({ session, agent, model }: ReportOptions) {
  return { session, agent, model };
}

export function look() {
  return { width: reportWidth(), colors: colorsFor(Deno.stdout.isTerminal()) };
}

export function read(db: string | undefined, report: (store: Store) => void): number {
  using store = openRecording(db);
  try {
    report(store);
    return ExitCode.ok;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== "ERR_SQLITE_ERROR") throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new CliError(`Cannot read ${store.path}: ${cause}. Name another recording`, {
      code: ExitCode.store,
      cause: error,
    });
  }
}
