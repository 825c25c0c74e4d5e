/** `report tools` as a table. */
import type { ToolGroup, ToolReport } from "../store/tool_report.ts";
import { bytes, count, duration } from "./format.ts";
import { gapNotes, nothing, type ReportLook } from "./report_notes.ts";
import { type Column, formatTable } from "./table.ts";
import { cut } from "./terminal.ts";
import { leftOutNote } from "./token_output.ts";

const NAME_WIDTH = 120;

interface Shown extends Column {
  readonly cell: (group: ToolGroup) => string;
}

export function formatTools(report: ToolReport, look: ReportLook): string[] {
  const { groups, detailed } = report;
  const { colors: c, width } = look;
  if (groups.length === 0) return [...nothing("tool call", look), ...gapNotes(look)];
  const columns = shown(report);
  const { lines, leftOut } = formatTable(
    { columns, rows: groups.map((group) => columns.map(({ cell }) => cell(group))) },
    { width, colors: c },
  );
  const note = detailed
    ? "Times are from the model's answer to the request that has the result: with approval and tools run beside it."
    : "An older AgentSight made this recording: it counted uses and errors of tools, nothing else. Filters and --by have no effect.";
  return [...lines, "", c.dim(note), ...leftOutNote(leftOut, look), ...gapNotes(look)];
}

function shown({ by, groups, detailed }: ToolReport): Shown[] {
  const right = "right";
  const own: Shown[] = [
    { title: "TOOL", shrink: 18, cell: ({ tool }) => cut(tool, NAME_WIDTH) },
    { title: "CALLS", align: right, cell: ({ calls }) => count(calls) },
    { title: "ERRORS", align: right, cell: ({ errors }) => count(errors) },
  ];
  if (!detailed) return own;
  const names = (list: readonly string[]) => cut(list.join(", "), NAME_WIDTH);
  return [
    ...(by === "tool" ? [] : [{
      title: by.toUpperCase(),
      shrink: 14,
      cell: (g: ToolGroup) => cut(g.name ?? "unknown", NAME_WIDTH),
    }]),
    ...own,
    ...(groups.some(({ run_by }) => run_by === "provider")
      ? [{ title: "RUN BY", optional: 3, cell: ({ run_by }: ToolGroup) => run_by }]
      : []),
    ...(groups.some(({ calls, answered }) => answered !== null && answered < calls)
      ? [{ title: "NO RESULT", align: right, optional: 4, cell: unanswered } as const]
      : []),
    {
      title: "RESULTS",
      align: right,
      optional: 2,
      cell: (g) => g.result_bytes === null ? "–" : bytes(g.result_bytes),
    },
    { title: "MEDIAN", align: right, optional: 1, cell: ({ p50_ms }) => time(p50_ms) },
    { title: "MAX", align: right, optional: 1, cell: ({ max_ms }) => time(max_ms) },
    ...(groups.some(({ servers }) => servers.length > 0)
      ? [
        { title: "MCP SERVER", shrink: 10, optional: 3, cell: (g: ToolGroup) => names(g.servers) },
        {
          title: "ITS MEDIAN",
          align: right,
          optional: 4,
          cell: (g: ToolGroup) => time(g.server_p50_ms),
        } as const,
      ]
      : []),
    ...(by === "agent"
      ? []
      : [{ title: "AGENTS", shrink: 10, optional: 5, cell: (g: ToolGroup) => names(g.agents) }]),
    ...(by === "model"
      ? []
      : [{ title: "MODELS", shrink: 10, optional: 6, cell: (g: ToolGroup) => names(g.models) }]),
  ];
}

function unanswered({ calls, answered }: ToolGroup): string {
  return answered === null ? "–" : count(calls - answered);
}

function time(ms: number | null): string {
  return ms === null ? "–" : duration(ms);
}
