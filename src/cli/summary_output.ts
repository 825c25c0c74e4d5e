/** The summary of a recording as text. */
import type { Summary } from "../server/api.ts";
import { bytes, count, dollars, duration, plural } from "./format.ts";
import { formatTable } from "./table.ts";
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
  add("Files", fileText(summary));
  add("Connections", connectionText(summary, c));
  add(
    "Lost",
    lost(summary) === 0 ? c.green("nothing") : c.red("evidence, so there may be more than is shown:"),
  );
  lines.push(...lossTable(summary, c));
  return lines;
}

function fileText(summary: Summary): string {
  const { files_opened, files_written, files_removed, files_renamed } = summary;
  const { file_read_bytes: read, file_written_bytes: written } = summary;
  return [
    `${count(files_opened)} opened, ${count(files_written)} for writing`,
    ...(files_removed > 0 ? [`${count(files_removed)} removed`] : []),
    ...(files_renamed > 0 ? [`${count(files_renamed)} renamed`] : []),
    ...(read + written > 0 ? [`${bytes(read)} read, ${bytes(written)} written`] : []),
  ].join(", ");
}

function connectionText(summary: Summary, c: Colors): string {
  const { connections, connections_failed: failed, net_sent_bytes: sent, net_received_bytes: received } =
    summary;
  return [
    count(connections),
    ...(failed > 0 ? [c.yellow(`${count(failed)} failed`)] : []),
    ...(sent + received > 0 ? [`${bytes(sent)} sent, ${bytes(received)} received`] : []),
  ].join(", ");
}

function lost({ loss }: Summary): number {
  return loss.filter((one) => one.count > 0).length;
}

/** By class and reason, the most of a class first. */
function lossTable({ loss }: Summary, c: Colors): string[] {
  const rows = loss.filter((one) => one.count > 0).toSorted((a, b) =>
    a.class === b.class ? b.count - a.count : a.class < b.class ? -1 : 1
  );
  if (rows.length === 0) return [];
  const table = {
    columns: [{ title: "CLASS" }, { title: "LOST", align: "right" }, { title: "REASON" }],
    rows: rows.map((one) => [
      ...[plain(one.class), `${count(one.count)} ${one.unit}`],
      one.reason === "" ? "not kept by the AgentSight that recorded it" : plain(one.reason),
    ]),
  } as const;
  return formatTable(table, { width: Infinity, colors: c }).lines.map((line) => `  ${line}`);
}
