/** The summary of a recording as text. */
import type { Summary } from "../server/api.ts";
import { count, dollars, duration, plural } from "./format.ts";
import { type Colors, plain } from "./terminal.ts";

const LABEL_WIDTH = 12;

/** Lines, without the places where recording and page are. */
export function formatSummary(summary: Summary, c: Colors): string[] {
  const lines: string[] = [];
  const add = (label: string, text: string) => lines.push(`${c.bold(label.padEnd(LABEL_WIDTH))}${text}`);
  const { first_ts, last_ts } = summary;
  if (first_ts !== null && last_ts !== null) {
    add("Observed", `${plural(summary.sessions, "session")} in ${duration((last_ts - first_ts) / 1000)}`);
  }
  const trouble = [
    summary.failed_calls > 0 ? c.red(`${count(summary.failed_calls)} failed`) : "",
    summary.incomplete_calls > 0 ? c.yellow(`${count(summary.incomplete_calls)} incomplete`) : "",
  ].filter((part) => part !== "");
  add("LLM calls", [count(summary.calls), ...trouble].join(", "));
  const cached = summary.cache_read_tokens + summary.cache_write_tokens;
  add(
    "Tokens",
    `${count(summary.input_tokens)} in${
      cached > 0 ? ` (${count(summary.cache_read_tokens)} read from cache)` : ""
    }, ${count(summary.output_tokens)} out`,
  );
  add(
    "Cost",
    `${dollars(summary.cost_usd)}${
      summary.unpriced_calls > 0 ? c.yellow(` + ${plural(summary.unpriced_calls, "unpriced call")}`) : ""
    }`,
  );
  for (const model of summary.models) {
    const tokens = `${count(model.input_tokens)} in, ${count(model.output_tokens)} out`;
    lines.push(
      `  ${plain(model.model)} ${
        c.dim(`${plural(model.calls, "call")}, ${tokens}, ${dollars(model.cost_usd)}`)
      }`,
    );
  }
  const tools = summary.tools.map((t) =>
    `${plain(t.name)} ${count(t.calls)}${t.errors > 0 ? c.red(` (${t.errors} failed)`) : ""}`
  );
  add("Tools", tools.length > 0 ? tools.join(", ") : "none");
  add("Processes", `${count(summary.processes)}, ${plural(summary.execs, "program")} started`);
  add("Files", `${count(summary.files_opened)} opened, ${count(summary.files_written)} for writing`);
  add("Connections", count(summary.connections));
  const lost = summary.loss.filter((loss) => loss.count > 0);
  add(
    "Lost",
    lost.length === 0
      ? c.green("nothing")
      : c.red(lost.map((l) => `${count(l.count)} ${l.unit} of ${l.class}`).join(", ")),
  );
  return lines;
}
