/** The Markdown tables, generated from the committed JSON. */
import { type Bench, median, quantile, type Row } from "./bench.ts";

export interface Result extends Omit<Bench, "run"> {
  readonly date: string;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** Of the machine before the run: more than about 0.5 means that others used it too. */
  readonly load_before: number;
  readonly load_after: number;
  readonly rows: readonly Row[];
}

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";

/** Every row of every result: min, median, max. */
export function fullReport(results: readonly Result[]): string {
  const sections = results.map((r) =>
    [
      `## ${r.title}`,
      "",
      r.method,
      "",
      ...table(
        ["", "unit", "samples", "min", "median", "max", "goal", "met"],
        r.rows.map((row) => [
          row.what,
          row.unit,
          String(row.samples.length),
          number(quantile(row.samples, 0)),
          medianText(row),
          number(quantile(row.samples, 1)),
          goalText(row),
          met(row),
        ]),
      ),
      "",
      `${r.date}, load ${r.load_before} before and ${r.load_after} after.`,
    ].join("\n")
  );
  return ["# Measurements", "", ...about(results), "", sections.join("\n\n"), ""].join("\n");
}

/** The rows that have a goal. */
export function summary(results: readonly Result[]): string {
  const rows = results.flatMap((r) =>
    r.rows.filter((row) => row.goal !== undefined).map((row) => [
      `${r.title}: ${row.what}`,
      `${medianText(row)} ${row.unit}`,
      goalText(row),
      met(row),
    ])
  );
  return [...table(["", "median", "goal", "met"], rows), "", ...about(results)].join("\n");
}

/** `readme` with its marked block replaced; null when it has none. */
export function withSummary(readme: string, text: string): string | null {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END, from);
  if (from < 0 || to < 0) return null;
  return `${readme.slice(0, from + BEGIN.length)}\n\n${text}\n\n${readme.slice(to)}`;
}

function about(results: readonly Result[]): string[] {
  const [first] = results;
  if (!first) return [];
  const machine = Object.values(first.machine).join(", ");
  const versions = Object.entries(first.versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return [`Measured on ${machine} with ${versions}; \`make bench\` measures again.`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** "1.02 (1.00–1.03)". */
function medianText({ samples, interval }: Row): string {
  const text = number(median(samples));
  return interval ? `${text} (${interval.map(number).join("–")})` : text;
}

function goalText({ goal }: Row): string {
  if (goal === undefined) return "";
  return "least" in goal ? `≥ ${number(goal.least)}` : `≤ ${number(goal.most)}`;
}

function met({ goal, samples }: Row): string {
  if (goal === undefined) return "";
  const value = median(samples);
  return ("least" in goal ? value >= goal.least : value <= goal.most) ? "yes" : "no";
}

/** Three significant digits. */
function number(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 3 });
}
