/** Tables for a terminal: as wide as what is in them, narrower where the terminal is. */
import { type Colors, columns as widthOf, cut } from "./terminal.ts";

export interface Column {
  readonly title: string;
  readonly align?: "right";
  /** Text that may be cut, to this width before other columns are left out. */
  readonly shrink?: number;
  /** Columns with the greatest number are left out first; without one a column always stays. */
  readonly optional?: number;
}

export interface Table {
  readonly columns: readonly Column[];
  /** A cell a column, each one line without control characters. */
  readonly rows: readonly (readonly string[])[];
  /** A last row, apart from the others. */
  readonly total?: readonly string[];
}

export interface TableText {
  readonly lines: readonly string[];
  /** Titles of the columns that had no room. */
  readonly leftOut: readonly string[];
}

const GAP = "  ";
/** No text is cut to less than this, even if lines then wrap. */
const LEAST = 8;

export function formatTable(
  table: Table,
  { width, colors: c }: { width: number; colors: Colors },
): TableText {
  const rows = table.total === undefined ? table.rows : [...table.rows, table.total];
  const natural = table.columns.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[i] ?? "")), widthOf(title))
  );
  const { shown, widths } = fit(table.columns, { natural, width });
  const line = (cells: readonly string[]) =>
    shown.map((i) =>
      pad(cells[i] ?? "", { width: widths[i] ?? 0, right: table.columns[i]?.align === "right" })
    )
      .join(GAP).trimEnd();
  const lines = [
    c.dim(line(table.columns.map(({ title }) => title))),
    ...table.rows.map(line),
    ...(table.total === undefined ? [] : [c.bold(line(table.total))]),
  ];
  return { lines, leftOut: table.columns.filter((_, i) => !shown.includes(i)).map(({ title }) => title) };
}

interface Fit {
  /** Indexes of columns. */
  readonly shown: readonly number[];
  readonly widths: readonly number[];
}

function fit(
  columns: readonly Column[],
  { natural, width }: { natural: readonly number[]; width: number },
): Fit {
  let shown = columns.map((_, i) => i);
  const byPriority = shown.filter((i) => columns[i]?.optional !== undefined)
    .sort((a, b) => (columns[b]?.optional ?? 0) - (columns[a]?.optional ?? 0));
  for (;;) {
    const widths = shrunk(columns, { shown, natural, width, least: (column) => column.shrink });
    const next = byPriority.shift();
    if (total(shown, widths) <= width) return { shown, widths };
    if (next === undefined) break;
    shown = shown.filter((i) => i !== next);
  }
  const least = ({ shrink }: Column) => shrink === undefined ? undefined : LEAST;
  return { shown, widths: shrunk(columns, { shown, natural, width, least }) };
}

interface Shrinking {
  readonly shown: readonly number[];
  readonly natural: readonly number[];
  readonly width: number;
  readonly least: (column: Column) => number | undefined;
}

/** The widest text gives way first. */
function shrunk(columns: readonly Column[], { shown, natural, width, least }: Shrinking): number[] {
  const widths = [...natural];
  const floors = columns.map((column, i) =>
    Math.max(least(column) ?? Infinity, widthOf(columns[i]?.title ?? ""))
  );
  for (let excess = total(shown, widths) - width; excess > 0; excess--) {
    const wide = shown.filter((i) => (widths[i] ?? 0) > (floors[i] ?? 0));
    const widest = wide.reduce((a, b) => (widths[b] ?? 0) > (widths[a] ?? 0) ? b : a, wide[0] ?? -1);
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function total(shown: readonly number[], widths: readonly number[]): number {
  return shown.reduce((sum, i) => sum + (widths[i] ?? 0) + GAP.length, -GAP.length);
}

function pad(cell: string, { width, right }: { width: number; right: boolean }): string {
  const text = cut(cell, width);
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}
