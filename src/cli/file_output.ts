/** `report files` as a table. */
import type { FileGroup, FileReport } from "../store/file_report.ts";
import { type EffectColumn, type EffectLook, formatEffects, noEffects } from "./effect_notes.ts";
import { bytes, count, dateAndTime } from "./format.ts";
import type { Micros } from "../event.ts";
import { cut } from "./terminal.ts";

const NAME_WIDTH = 160;

export function formatFiles(
  report: FileReport,
  look: EffectLook & { readonly changed: boolean },
): string[] {
  const { groups, kept, total } = report;
  if (groups.length === 0) return noEffects(look.changed ? "changed file" : "file", { kept, look });
  const what = { path: "path", directory: "directory", process: "process" }[report.by];
  return formatEffects({
    ...{
      columns: columnsOf(report),
      rows: groups,
      total: { ...total, name: `total of ${count(groups.length)}` },
      what,
    },
    notes: total.uncertain > 0
      ? ["UNKNOWN: the thread died within the call; whether it happened is not known."]
      : [],
  }, look);
}

function columnsOf({ by }: FileReport): EffectColumn<FileGroup>[] {
  const number = (
    title: string,
    of: (group: FileGroup) => number,
    more: Partial<EffectColumn<FileGroup>> = {},
  ) => (
    {
      ...{ title, align: "right" as const, cell: (group: FileGroup) => count(of(group)) },
      ...{ unless: (group: FileGroup) => of(group) === 0, ...more },
    }
  );
  const size = (title: string, of: (group: FileGroup) => number): EffectColumn<FileGroup> => ({
    ...{ title, align: "right", cell: (group) => bytes(of(group)), unless: (group) => of(group) === 0 },
  });
  return [
    { title: by.toUpperCase(), shrink: 24, cell: ({ name }) => cut(name, NAME_WIDTH) },
    ...(by === "process"
      ? [{ title: "PID", cell: ({ pid }: FileGroup) => pid === null ? "" : String(pid) }]
      : []),
    ...(by === "path" ? [] : [number("PATHS", (g) => g.paths)]),
    number("OPENS", (g) => g.opens),
    size("READ", (g) => g.read_bytes),
    size("WRITTEN", (g) => g.written_bytes),
    number("CREATED", (g) => g.created),
    number("REMOVED", (g) => g.removed),
    number("RENAMED", (g) => g.renamed, { optional: 5 }),
    number("REPLACED", (g) => g.placed, { optional: 5 }),
    number("CHANGED", (g) => g.changed, { optional: 4 }),
    number("FAILED", (g) => g.failed, { optional: 3 }),
    number("UNKNOWN", (g) => g.uncertain),
    ...(by === "process" ? [] : [number("PROCESSES", (g) => g.processes, { optional: 7 })]),
    {
      ...{ title: "AGENTS", shrink: 10, optional: 2, cell: (g) => cut(g.agents.join(", "), NAME_WIDTH) },
      unless: (g) => g.agents.length === 0,
    },
    { title: "LAST", optional: 6, cell: (g) => g.last_ts === 0 ? "" : dateAndTime(g.last_ts as Micros) },
  ];
}
