/** What the reports of files, networks and processes say beside their figures. */
import { count, plural } from "./format.ts";
import { gapNotes, type ReportLook } from "./report_notes.ts";
import { type Column, formatTable } from "./table.ts";
import { plain } from "./terminal.ts";
import { leftOutNote } from "./token_output.ts";

export interface EffectLook extends ReportLook {
  /** Rows; Infinity for all. */
  readonly limit: number;
}

export interface EffectColumn<T> extends Column {
  readonly cell: (row: T) => string;
  /** Left out where no row has it. */
  readonly unless?: (row: T) => boolean;
}

interface Effects<T> {
  readonly columns: readonly EffectColumn<T>[];
  readonly rows: readonly T[];
  /** Cells of a last row come from this. */
  readonly total?: T;
  /** "file", "connection", "process". */
  readonly what: string;
  readonly notes: readonly string[];
}

/** The first rows as a table, then what has to be known of them. */
export function formatEffects<T>(
  { columns, rows, total, what, notes }: Effects<T>,
  look: EffectLook,
): string[] {
  const { width, colors: c, limit } = look;
  const used = columns.filter(({ unless }) => unless === undefined || !rows.every(unless));
  const cells = (row: T) => used.map(({ cell }) => cell(row));
  const table = {
    columns: used,
    rows: rows.slice(0, limit).map(cells),
    ...(total === undefined || rows.length < 2 ? {} : { total: cells(total) }),
  };
  const { lines, leftOut } = formatTable(table, { width, colors: c });
  const more = rows.length > limit
    ? [c.dim(`${count(limit)} of ${plural(rows.length, what)} are shown; --limit 0 shows all.`)]
    : [];
  const notesOfAll = [
    ...more,
    ...notes.map((note) => c.dim(note)),
    ...leftOutNote(leftOut, look),
    ...effectGaps(look),
  ];
  return notesOfAll.length === 0 ? [...lines] : [...lines, "", ...notesOfAll];
}

/** Calls that are incomplete say nothing of what was done. */
export function effectGaps(look: ReportLook): string[] {
  return gapNotes({ ...look, evidence: { ...look.evidence, incomplete_calls: 0 } });
}

/** Why there is nothing to show, and what to do. */
export function noEffects(what: string, { kept, look }: { kept: boolean; look: ReportLook }): string[] {
  const { filter, colors: c } = look;
  if (!kept) {
    return [
      `An older AgentSight made this recording: it kept no sums of each ${what}.`,
      c.dim("The page shows its events: agentsight view"),
    ];
  }
  const given = Object.entries(filter).filter(([, part]) => part !== undefined);
  if (given.length === 0) return [`No ${what} in this recording.`, ...effectGaps(look)];
  const options = given.map(([name, part]) => `--${name} ${plain(String(part))}`).join(" ");
  return [
    `No ${what} with ${options}.`,
    c.dim("Names to choose from: agentsight report processes"),
    ...effectGaps(look),
  ];
}
