import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import pc from "picocolors";
import type { Event } from "../event.ts";
import { EFFECTS } from "../store/effects_fixture.ts";
import type { ReportFilter } from "../store/report_filter.ts";
import { Store } from "../store/store.ts";
import type { EffectLook } from "./effect_notes.ts";
import { formatFiles } from "./file_output.ts";
import { formatNetwork } from "./network_output.ts";
import { formatProcesses } from "./process_output.ts";
import { formatSummary } from "./summary_output.ts";

interface Options extends ReportFilter {
  readonly events?: readonly Event[];
  readonly limit?: number;
  readonly width?: number;
}

type Report = (store: Store, look: EffectLook) => readonly string[];

/** The lines of a report; dates and times, which depend on the zone, as `DATE`. */
function lines(report: Report, { events = EFFECTS, limit = 50, width = 210, ...filter }: Options) {
  const directory = mkdtempSync("/tmp/agentsight-effects-");
  const path = join(directory, "r.sqlite");
  try {
    const writer = Store.create({ path, meta: { capture: "redacted" } });
    writer.append(events);
    writer.close();
    using store = Store.open(path);
    const look = { evidence: store.reports.evidence(), filter, width, limit, colors: pc.createColors(false) };
    return report(store, look).map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "DATE"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const files: Report = ({ reports }, look) =>
  formatFiles(reports.files("path", look.filter), { ...look, changed: false });
const directories: Report = ({ reports }, look) =>
  formatFiles(reports.files("directory", { ...look.filter, changed: true }), { ...look, changed: true });
const network: Report = ({ reports }, look) => formatNetwork(reports.network("host", look.filter), look);
const processes: Report = ({ reports }, look) =>
  formatProcesses(reports.processes("tree", look.filter), look);
const summary: Report = ({ queries }, { colors }) => formatSummary(queries.summary(), colors).slice(-6);

const GAP = "Evidence was lost: 7 events of file. There may be more than is shown.";
const UNKNOWN = "UNKNOWN: the thread died within the call; whether it happened is not known.";
const UNSEEN =
  "UNKNOWN: a nonblocking connection whose end was not seen, or its thread died within the call.";

const goldens: readonly (readonly [string, Report, Options, readonly string[]])[] = [
  ["files", files, {}, [
    "PATH         OPENS   READ  WRITTEN  CREATED  RENAMED  REPLACED  FAILED  UNKNOWN  PROCESSES  AGENTS  LAST",
    "/w/out.tmp       1    0 B  4.9 KiB        1        1         0       0        0          1  claude  DATE",
    "/w/old           0    0 B      0 B        0        0         0       0        1          1  claude  DATE",
    "/w/out           0    0 B      0 B        0        0         1       0        0          1  claude  DATE",
    "/etc/passwd      3  900 B      0 B        0        0         0       0        0          1  claude  DATE",
    "/w/older         0    0 B      0 B        0        0         0       1        0          1  claude  DATE",
    "total of 5       4  900 B  4.9 KiB        1        1         1       1        1          1  claude  DATE",
    "",
    UNKNOWN,
    GAP,
  ]],
  ["the first files, narrow", files, { limit: 1, width: 60 }, [
    "PATH        OPENS   READ  WRITTEN  CREATED  UNKNOWN  AGENTS",
    "/w/out.tmp      1    0 B  4.9 KiB        1        0  claude",
    "total of 5      4  900 B  4.9 KiB        1        1  claude",
    "",
    "1 of 5 paths are shown; --limit 0 shows all.",
    UNKNOWN,
    "No room for: renamed, replaced, failed, processes, last. A wider terminal or --json has them.",
    GAP,
  ]],
  ["directories with changes", directories, {}, [
    "DIRECTORY  PATHS  OPENS  WRITTEN  CREATED  RENAMED  REPLACED  UNKNOWN  PROCESSES  AGENTS  LAST",
    "/w             3      1  4.9 KiB        1        1         1        1          1  claude  DATE",
    "",
    UNKNOWN,
    GAP,
  ]],
  ["files of nobody", files, { agent: "codex" }, [
    "No file with --agent codex.",
    "Names to choose from: agentsight report processes",
    GAP,
  ]],
  ["no connection at all", network, { events: [] }, ["No connection in this recording."]],
  ["network", network, {}, [
    "         HOST                 PORT         TIMES  FAILED  ERROR         UNKNOWN     SENT  RECEIVED  LATENCY  OTHER END    PROCESSES  AGENTS",
    "to       api.example.com      81, 82, 443      3       1  ECONNREFUSED        1  2.0 KiB  68.4 KiB   1.5 ms                       2  claude",
    "to       [::1]:8080           8080             1       0                      0     20 B   2.9 KiB   1.5 ms  python3 300          1  claude",
    "from     ::1                  8080             2       0                      0  2.9 KiB      20 B        –                       1  http",
    "listens  [::]:8080            8080             1       0                      0      0 B       0 B        –                       1  http",
    "pair     unnamed unix socket                   0       0                      0      7 B       7 B        –                       1  http",
    "",
    UNSEEN,
    GAP,
  ]],
  ["processes", processes, { session: "aaa" }, [
    "PID  PROGRAM       ENDED   STARTED                TOOK     CPU   MEMORY   READ  WRITTEN  LLM CALLS  FILES  CONNECTIONS  " +
    "ALSO                                                       AGENT",
    "100  claude -p go  –       DATE       –       –        –      –        –          1      0            1  " +
    "                                                           claude",
    "101    sh -c make  exit 2  DATE  23.0 s  250 ms  2.0 MiB  900 B  4.9 KiB          0      5            3  " +
    "in container c0ffee000000, 1 credential change, 2 signals  claude",
    "",
    GAP,
  ]],
  ["summary", summary, {}, [
    "Files       5 opened, 1 for writing, 1 renamed, 900 B read, 4.9 KiB written",
    "Connections 4, 1 failed, 5.0 KiB sent, 71.3 KiB received",
    "Lost        evidence, so there may be more than is shown:",
    "  CLASS      LOST  REASON",
    "  file   4 events  control ring full",
    "  file   3 events  throttled",
  ]],
];

for (const [name, report, options, expected] of goldens) {
  Deno.test(`report: ${name}`, () => assert.deepEqual(lines(report, options), expected));
}
