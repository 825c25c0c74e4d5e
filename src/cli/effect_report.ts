/** `report files|network|processes`: what was done, in words and figures or as JSON. */
import type { NetworkBy } from "../store/network_report.ts";
import type { ProcessesBy } from "../store/process_report.ts";
import type { Store } from "../store/store.ts";
import type { EffectOptions, FileOptions } from "./effect_report_commands.ts";
import { formatFiles } from "./file_output.ts";
import { formatNetwork } from "./network_output.ts";
import { print, printAll } from "./print.ts";
import { formatProcesses } from "./process_output.ts";
import { about, look, read } from "./report.ts";
import type { ReportLook } from "./report_notes.ts";

/** Rows in a terminal. */
const SCREEN = 50;

export function reportFiles(db: string | undefined, options: FileOptions): number {
  const { by, changed = false, json } = options;
  return read(db, (store) => {
    const report = store.reports.files(by, { ...filterOf(options), changed });
    if (json) return printJson(store, { ...report, groups: cutTo(report.groups, options) });
    printAll(formatFiles(report, { ...lookOf(store, options), changed }));
  });
}

export function reportNetwork(
  db: string | undefined,
  options: EffectOptions & { readonly by: NetworkBy },
): number {
  return read(db, (store) => {
    const report = store.reports.network(options.by, filterOf(options));
    if (options.json) return printJson(store, { ...report, groups: cutTo(report.groups, options) });
    printAll(formatNetwork(report, lookOf(store, options)));
  });
}

export function reportProcesses(
  db: string | undefined,
  options: EffectOptions & { readonly by: ProcessesBy },
): number {
  return read(db, (store) => {
    const report = store.reports.processes(options.by, filterOf(options));
    if (options.json) return printJson(store, { ...report, processes: cutTo(report.processes, options) });
    printAll(formatProcesses(report, lookOf(store, options)));
  });
}

function printJson(store: Store, report: object): void {
  print(JSON.stringify({ ...about(store, store.reports.evidence()), ...report }, null, 2));
}

function cutTo<T>(rows: readonly T[], { limit = 0 }: EffectOptions): readonly T[] {
  return limit === 0 ? rows : rows.slice(0, limit);
}

function filterOf({ session, agent }: EffectOptions) {
  return { session, agent };
}

function lookOf(store: Store, options: EffectOptions): ReportLook & { readonly limit: number } {
  const { limit = SCREEN } = options;
  return {
    ...{ evidence: store.reports.evidence(), filter: filterOf(options), ...look() },
    limit: limit === 0 ? Infinity : limit,
  };
}
