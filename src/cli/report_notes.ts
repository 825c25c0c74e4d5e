/** What a report must say beside its figures: what is missing from them, and why there are none. */
import type { Evidence } from "../store/evidence.ts";
import type { ReportFilter } from "../store/report_filter.ts";
import { count, plural } from "./format.ts";
import { type Colors, plain } from "./terminal.ts";

/** How a report is written, and about what. */
export interface ReportLook {
  readonly evidence: Evidence;
  readonly filter: ReportFilter;
  /** Columns; Infinity when nothing limits a line. */
  readonly width: number;
  readonly colors: Colors;
}

/** A conclusion over a gap says so. */
export function gapNotes({ evidence, colors: c }: ReportLook): string[] {
  const { incomplete_calls, loss, finished } = evidence;
  const notes: string[] = [];
  if (!finished) {
    notes.push(
      "The recording is not finished: it is being written, or its trace was cut short. This is what it has so far.",
    );
  }
  if (incomplete_calls > 0) {
    notes.push(
      `${plural(incomplete_calls, "call")} ${incomplete_calls === 1 ? "is" : "are"} incomplete: ` +
        "text, tokens or tools may be missing.",
    );
  }
  if (loss.length > 0) {
    notes.push(`Evidence was lost: ${lostByClass(loss)}. There may be more than is shown.`);
  }
  return notes.map((note) => c.yellow(note));
}

/** "4,096 bytes of payload, 3 events of file": for what reasons `report summary` tells. */
function lostByClass(loss: Evidence["loss"]): string {
  const sums = new Map<string, number>();
  for (const one of loss) {
    const what = `${one.unit} of ${plain(one.class)}`;
    sums.set(what, (sums.get(what) ?? 0) + one.count);
  }
  return [...sums].map(([what, sum]) => `${count(sum)} ${what}`).join(", ");
}

/** Why there is nothing to show, and what to do. */
export function nothing(what: string, { evidence, filter, colors: c }: ReportLook): string[] {
  const given = Object.entries(filter).filter(([, part]) => part !== undefined);
  if (evidence.calls > 0 && given.length > 0) {
    const options = given.map(([name, part]) => `--${name} ${plain(String(part))}`).join(" ");
    return [
      `No ${what} with ${options}; the recording has ${plural(evidence.calls, "LLM call")}.`,
      c.dim(`Names to choose from: agentsight report tokens --by ${given[0]?.[0] ?? "model"}`),
    ];
  }
  if (evidence.calls > 0) return [`No ${what} in ${plural(evidence.calls, "LLM call")}.`];
  return [
    "No LLM call in this recording.",
    c.dim(
      evidence.capture === "off"
        ? "It was made with --capture off, which keeps none. Leave that out: sudo agentsight record -- CMD"
        : "Record an agent at work: sudo agentsight record -- CMD. Why a program is not seen: sudo agentsight doctor FILE",
    ),
  ];
}
