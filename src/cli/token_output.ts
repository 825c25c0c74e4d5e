/** `report tokens` as a table. */
import type { TokenGroup, TokenReport, TokensBy, TokenSums } from "../store/token_report.ts";
import { count, dateAndTime, dollars, plural } from "./format.ts";
import { gapNotes, nothing, type ReportLook } from "./report_notes.ts";
import { type Column, formatTable } from "./table.ts";
import { cut } from "./terminal.ts";

const NAME_WIDTH = 120;

interface Figure extends Column {
  readonly cell: (sums: TokenSums) => string;
  /** Shown only when some row has more than none. */
  readonly rare?: (sums: TokenSums) => number | null;
}

const right = "right";

const FIGURES: readonly Figure[] = [
  { title: "CALLS", align: right, cell: (s) => count(s.calls) },
  { title: "ERRORS", align: right, optional: 2, cell: (s) => count(s.errors), rare: (s) => s.errors },
  { title: "RETRIES", align: right, optional: 4, cell: (s) => known(s.retries), rare: (s) => s.retries },
  {
    title: "INCOMPLETE",
    align: right,
    optional: 5,
    cell: (s) => count(s.incomplete_calls),
    rare: (s) => s.incomplete_calls,
  },
  { title: "INPUT", align: right, cell: (s) => known(s.input_tokens) },
  {
    title: "CACHE READ",
    align: right,
    optional: 1,
    cell: (s) => known(s.cache_read_tokens),
    rare: (s) => s.cache_read_tokens,
  },
  {
    title: "CACHE WRITE",
    align: right,
    optional: 6,
    cell: (s) => known(s.cache_write_tokens),
    rare: (s) => s.cache_write_tokens,
  },
  { title: "OUTPUT", align: right, cell: (s) => known(s.output_tokens) },
  {
    title: "REASONING",
    align: right,
    optional: 3,
    cell: (s) => known(s.reasoning_tokens),
    rare: (s) => s.reasoning_tokens,
  },
  {
    title: "UNPRICED",
    align: right,
    optional: 7,
    cell: (s) => count(s.unpriced_calls),
    rare: (s) => s.unpriced_calls,
  },
  { title: "COST", align: right, cell: cost },
];

/** What else tells a row from the others. */
const WHO: Readonly<Record<TokensBy, readonly [title: string, names: (group: TokenGroup) => string]>> = {
  model: ["PROVIDER", ({ providers }) => providers.join(", ")],
  agent: ["MODELS", ({ models }) => models.join(", ")],
  provider: ["MODELS", ({ models }) => models.join(", ")],
  session: ["AGENT", ({ agents }) => agents.join(", ")],
  conversation: ["AGENT", ({ agents }) => agents.join(", ")],
};

export function formatTokens(report: TokenReport, look: ReportLook): string[] {
  const { by, groups, total } = report;
  const { colors: c, width } = look;
  if (groups.length === 0) return [...nothing("LLM call", look), ...gapNotes(look)];
  const figures = FIGURES.filter(({ rare }) => rare === undefined || (rare(total) ?? 0) > 0);
  const [whoTitle, who] = WHO[by];
  const started = by === "session" || by === "conversation";
  const { lines, leftOut } = formatTable({
    columns: [
      { title: by.toUpperCase(), shrink: 18 },
      ...(started ? [{ title: "FIRST CALL", optional: 8 }] : []),
      { title: whoTitle, shrink: 10, optional: 9 },
      ...figures,
    ],
    rows: groups.map((group) => [
      cut(group.name ?? "unknown", NAME_WIDTH),
      ...(started ? [dateAndTime(group.first_ts)] : []),
      cut(who(group), NAME_WIDTH),
      ...figures.map(({ cell }) => cell(group)),
    ]),
    total: ["total", ...(started ? [""] : []), "", ...figures.map(({ cell }) => cell(total))],
  }, { width, colors: c });
  return [
    ...lines,
    "",
    ...notes(report).map((note) => c.dim(note)),
    ...leftOutNote(leftOut, look),
    ...gapNotes(look),
  ];
}

export function leftOutNote(titles: readonly string[], { colors: c }: ReportLook): string[] {
  return titles.length === 0
    ? []
    : [c.dim(`No room for: ${titles.join(", ").toLowerCase()}. A wider terminal or --json has them.`)];
}

function notes({ total }: TokenReport): string[] {
  const parts = [
    (total.cache_read_tokens ?? 0) + (total.cache_write_tokens ?? 0) > 0
      ? "Input includes what was read from and written to a cache."
      : "",
    (total.reasoning_tokens ?? 0) > 0 ? "Output includes reasoning." : "",
    "Cost is at list prices.",
    total.unpriced_calls > 0
      ? `${plural(total.unpriced_calls, "call")} without a known price or usage ${
        total.unpriced_calls === 1 ? "is" : "are"
      } not in it.`
      : "",
  ];
  return [parts.filter((part) => part !== "").join(" ")];
}

/** A sum over no known price is not $0. */
function cost({ cost_usd, unpriced_calls }: TokenSums): string {
  return cost_usd === null && unpriced_calls === 0 ? "–" : dollars(cost_usd);
}

function known(value: number | null): string {
  return value === null ? "–" : count(value);
}
