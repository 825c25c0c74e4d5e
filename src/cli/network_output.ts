/** `report network` as a table. */
import type { NetworkGroup, NetworkReport } from "../store/network_report.ts";
import { type EffectColumn, type EffectLook, formatEffects, noEffects } from "./effect_notes.ts";
import { bytes, count } from "./format.ts";
import { errno } from "./tell/told.ts";
import { cut } from "./terminal.ts";

const NAME_WIDTH = 120;
const ROLES = { out: "to", in: "from", listen: "listens", pair: "pair" } as const;

export function formatNetwork(report: NetworkReport, look: EffectLook): string[] {
  const { groups, kept, by } = report;
  if (groups.length === 0) return noEffects("connection", { kept, look });
  const failed = groups.some((group) => group.uncertain > 0);
  return formatEffects({
    ...{ columns: columnsOf(report), rows: groups, what: by === "process" ? "row" : by },
    notes: failed
      ? ["UNKNOWN: a nonblocking connection whose end was not seen, or its thread died within the call."]
      : [],
  }, look);
}

function columnsOf({ by }: NetworkReport): EffectColumn<NetworkGroup>[] {
  const list = (values: readonly (string | number)[]) => cut(values.join(", "), NAME_WIDTH);
  const number = (
    title: string,
    of: (group: NetworkGroup) => number,
    optional?: number,
  ): EffectColumn<NetworkGroup> => ({
    ...{ title, align: "right", cell: (group) => count(of(group)), unless: (group) => of(group) === 0 },
    ...(optional === undefined ? {} : { optional }),
  });
  const size = (title: string, of: (group: NetworkGroup) => number): EffectColumn<NetworkGroup> => ({
    ...{ title, align: "right", cell: (group) => bytes(of(group)), unless: (group) => of(group) === 0 },
  });
  return [
    { title: "", cell: ({ role }) => ROLES[role] },
    { title: by.toUpperCase(), shrink: 20, cell: ({ name }) => cut(name, NAME_WIDTH) },
    ...(by === "process" ? [{ title: "PID", cell: ({ pid }: NetworkGroup) => String(pid) }] : []),
    ...(by === "address" ? [{ title: "HOST", shrink: 12, cell: (g: NetworkGroup) => list(g.hosts) }] : []),
    ...(by === "host"
      ? [{ title: "PORT", shrink: 8, cell: (g: NetworkGroup) => list(g.ports.filter((port) => port !== 0)) }]
      : []),
    number("TIMES", (g) => g.times),
    number("FAILED", (g) => g.failed),
    {
      ...{ title: "ERROR", optional: 3, cell: ({ error }) => error === null ? "" : errno(error) },
      unless: ({ error }) => error === null,
    },
    number("UNKNOWN", (g) => g.uncertain),
    size("SENT", (g) => g.sent_bytes),
    size("RECEIVED", (g) => g.received_bytes),
    {
      title: "LATENCY",
      align: "right",
      optional: 4,
      cell: latency,
      unless: (g) => g.latency_mean_us === null,
    },
    {
      ...{ title: "OTHER END", shrink: 12, optional: 2, cell: ({ peers }) => list(peers) },
      unless: ({ peers }) => peers.length === 0,
    },
    ...(by === "process" ? [] : [number("PROCESSES", (g) => g.processes, 6)]),
    {
      ...{ title: "AGENTS", shrink: 10, optional: 5, cell: (g) => list(g.agents) },
      unless: (g) => g.agents.length === 0,
    },
  ];
}

/** Of a connection to the machine itself it is a few microseconds. */
function latency({ latency_mean_us: mean }: NetworkGroup): string {
  if (mean === null) return "–";
  return mean < 1000 ? `${mean} µs` : `${(mean / 1000).toFixed(1)} ms`;
}
