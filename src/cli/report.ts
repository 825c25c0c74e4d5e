/** `report summary`: the totals of a recording. */
import { ExitCode } from "./exit_code.ts";
import { openRecording } from "./open_recording.ts";
import { formatSummary } from "./summary_output.ts";
import { colorsFor } from "./terminal.ts";
import { print } from "./print.ts";

export function report(db: string | undefined, { json }: { readonly json?: true }): number {
  using store = openRecording(db);
  const summary = store.queries.summary();
  if (json) print(JSON.stringify(summary, null, 2));
  else print(formatSummary(summary, colorsFor(Deno.stdout.isTerminal())).join("\n"));
  return ExitCode.ok;
}
