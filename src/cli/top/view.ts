/** The table of agents as lines of text. */
import { bytes, count, dollars } from "../format.ts";
import { type Column, formatTable } from "../table.ts";
import { type Colors, cut, plain } from "../terminal.ts";
import type { AgentRow, TopModel } from "./model.ts";

/** By the key that sorts by it; the first key is the default. */
export const ORDERS = {
  cpu: (row: AgentRow) => row.cpu_percent,
  memory: (row: AgentRow) => row.rss_kb,
  calls: (row: AgentRow) => row.calls,
  tokens: (row: AgentRow) => row.input_tokens + row.output_tokens,
  cost: (row: AgentRow) => row.cost_usd ?? 0,
  execs: (row: AgentRow) => row.execs,
  files: (row: AgentRow) => row.files,
  connections: (row: AgentRow) => row.connections,
  lost: (row: AgentRow) => row.lost,
  agent: (row: AgentRow) => row.agent,
} as const;

export type Order = keyof typeof ORDERS;
export const orders = Object.keys(ORDERS) as Order[];

const columns: readonly (Column & { readonly order?: Order })[] = [
  { title: "AGENT", shrink: 12, order: "agent" },
  { title: "SESSION", optional: 9, shrink: 10 },
  { title: "STATE", shrink: 10 },
  { title: "CALLS", align: "right", order: "calls" },
  { title: "IN", align: "right", optional: 2, order: "tokens" },
  { title: "OUT", align: "right", optional: 2 },
  { title: "COST", align: "right", order: "cost" },
  { title: "EXECS", align: "right", optional: 4, order: "execs" },
  { title: "FILES", align: "right", optional: 5, order: "files" },
  { title: "CONNS", align: "right", optional: 6, order: "connections" },
  { title: "CPU", align: "right", optional: 1, order: "cpu" },
  { title: "MEM", align: "right", optional: 3, order: "memory" },
  { title: "LOST", align: "right", optional: 7, order: "lost" },
];

export interface View {
  readonly order: Order;
  readonly reversed: boolean;
  readonly width: number;
  /** Lines there are; Infinity where nothing limits them. */
  readonly height: number;
  readonly colors: Colors;
}

/** Greatest first; names from a to z. */
export function sorted(
  rows: readonly AgentRow[],
  { order, reversed }: Pick<View, "order" | "reversed">,
): AgentRow[] {
  const key = ORDERS[order];
  const compare = (a: AgentRow, b: AgentRow) => {
    const [x, y] = [key(a), key(b)];
    const by = typeof x === "string" ? x.localeCompare(String(y)) : Number(y) - Number(x);
    return by || a.session.localeCompare(b.session);
  };
  const list = rows.toSorted(compare);
  return reversed ? list.reverse() : list;
}

export function formatTop(
  { rows, losses }: { readonly rows: readonly AgentRow[]; readonly losses: TopModel["losses"] },
  { order, reversed, width, height, colors }: View,
): string[] {
  const footer = lossLine(losses, { width, colors });
  const all = sorted(rows, { order, reversed });
  // The titles, the sum, and what was lost.
  const room = Math.max(1, height - 3);
  const shown = all.slice(0, room);
  const mark = reversed ? "▲" : "▼";
  const table = {
    columns: columns.map((column) =>
      column.order === order ? { ...column, title: column.title + mark } : column
    ),
    rows: shown.map(cells),
    ...(all.length > 1 ? { total: totals(all) } : {}),
  };
  if (all.length === 0) {
    return [colors.dim(cut("no agent yet: any process that talks to an LLM shows up here", width)), footer];
  }
  return [...formatTable(table, { width, colors }).lines, footer];
}

function cells(row: AgentRow): string[] {
  return [
    plain(row.agent),
    plain(row.session),
    plain(row.state),
    count(row.calls),
    count(row.input_tokens),
    count(row.output_tokens),
    row.cost_usd === null ? "–" : dollars(row.cost_usd),
    count(row.execs),
    count(row.files),
    count(row.connections),
    `${Math.round(row.cpu_percent)}%`,
    bytes(row.rss_kb * 1024),
    count(row.lost),
  ];
}

function totals(rows: readonly AgentRow[]): string[] {
  const sum = (of: (row: AgentRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  const priced = rows.some(({ cost_usd }) => cost_usd !== null);
  return [
    `${rows.length} agents`,
    "",
    "",
    count(sum((row) => row.calls)),
    count(sum((row) => row.input_tokens)),
    count(sum((row) => row.output_tokens)),
    priced ? dollars(sum((row) => row.cost_usd ?? 0)) : "–",
    count(sum((row) => row.execs)),
    count(sum((row) => row.files)),
    count(sum((row) => row.connections)),
    `${Math.round(sum((row) => row.cpu_percent))}%`,
    bytes(sum((row) => row.rss_kb) * 1024),
    count(sum((row) => row.lost)),
  ];
}

function lossLine(losses: TopModel["losses"], { width, colors }: Pick<View, "width" | "colors">): string {
  if (losses.length === 0) return colors.dim("nothing lost");
  const parts = losses.map(({ class: what, reason, unit, count: lost }) =>
    unit === "bytes" ? `${bytes(lost)} of ${what} (${reason})` : `${count(lost)} ${what} events (${reason})`
  );
  return colors.yellow(cut(`LOST ${parts.join(", ")}`, width));
}
