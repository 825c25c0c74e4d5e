/** One process's lane: its life, its LLM calls, and marks for files and connections. */
import type { Signal } from "@preact/signals";
import type { CallRow } from "../api.ts";
import { formatMs } from "../models/format.ts";
import { type CallInterval, type Lane, processInterval, type Timeline } from "../models/timeline.ts";
import { type Bar, type Cluster, layoutBars, thinBars } from "../models/timeline_layout.ts";
import { MarkSign } from "./mark_sign.tsx";
import { markTitle, type Selection } from "./timeline_detail.tsx";

export const LANE_PX = 36;
const BAR_TOP = 4;
const BAR_PX = 20;
/** The middle of the strip below the bar. */
const MARK_Y = 30;
/** Monospace digits at 11 px, with room at both ends. */
const CHAR_PX = 6.3;

interface LanePlotProps {
  readonly lane: Lane;
  readonly id: string;
  readonly top: number;
  readonly clusters: readonly Cluster[];
  readonly current: boolean;
  readonly timeline: Timeline;
  readonly selection: Signal<Selection | null>;
}

export function LanePlot({ lane, id, top, clusters, current, timeline, selection }: LanePlotProps) {
  const scale = timeline.scale.value;
  const selected = selection.value;
  const life = processInterval(lane.line.node.row, timeline.extent.value.end);
  const [bar] = layoutBars([life], scale);
  const bars = thinBars(layoutBars(lane.calls, scale), 1);
  return (
    <g transform={`translate(0 ${top})`} class={current ? "lane lane-current" : "lane"}>
      <rect class="lane-back" x="0" y="0" width={scale.width} height={LANE_PX} />
      {bar !== undefined && (
        <rect
          class={selected?.type === "process" && selected.key === id ? "life life-selected" : "life"}
          x={bar.x}
          y={BAR_TOP}
          width={bar.width}
          height={BAR_PX}
          rx="3"
          onClick={() => selection.value = { type: "process", key: id }}
        >
          <title>{`${lane.line.node.row.comm}, pid ${lane.line.node.row.pid}`}</title>
        </rect>
      )}
      {bars.map((bar) => (
        <CallBar
          key={bar.value.id}
          bar={bar}
          selected={selected?.type === "call" && selected.call.id === bar.value.id}
          select={() => selection.value = { type: "call", call: bar.value }}
        />
      ))}
      {clusters.map((cluster) => (
        <g
          key={`${cluster.kind}${cluster.marks[0]?.seq}`}
          class="mark-hit"
          transform={`translate(${cluster.x} ${MARK_Y})`}
          onClick={() => selection.value = { type: "marks", key: id, cluster }}
        >
          <MarkSign kind={cluster.kind} />
          <title>{markTitle(cluster)}</title>
        </g>
      ))}
    </g>
  );
}

interface CallBarProps {
  readonly bar: Bar<CallInterval>;
  readonly selected: boolean;
  readonly select: () => void;
}

function CallBar({ bar: { value, x, width, track, tracks }, selected, select }: CallBarProps) {
  const share = (BAR_PX - 4) / tracks;
  const y = BAR_TOP + 2 + track * share;
  const height = Math.max(share - (tracks > 1 ? 1 : 0), 3);
  const model = value.row?.model ?? (value.row === null ? "in progress" : "unknown model");
  const failed = value.row !== null && value.row.error !== null;
  const partial = value.row !== null && (!value.row.complete || value.row.gaps > 0);
  const state = value.row === null
    ? "call-bar-live"
    : failed
    ? "call-bar-failed"
    : partial
    ? "call-bar-partial"
    : "";
  const title = `${model}${value.row === null ? "" : barNote(value.row, { failed, partial })}`;
  const room = Math.floor((width - 8) / CHAR_PX);
  const label = `${failed ? "✕ " : partial ? "! " : ""}${model}`;
  return (
    <g class={`call-bar ${state} ${selected ? "call-bar-selected" : ""}`} onClick={select}>
      <rect x={x} y={y} width={width} height={height} rx="2" />
      {room >= 4 && height >= 10 && (
        <text x={Math.max(x, 0) + 4} y={y + height / 2 + 3.5}>
          {label.length > room ? `${label.slice(0, room - 1)}…` : label}
        </text>
      )}
      <title>{title}</title>
    </g>
  );
}

function barNote(
  { timing, error, retry_of }: CallRow,
  { failed, partial }: { failed: boolean; partial: boolean },
) {
  const notes = [
    formatMs(timing.duration_ms),
    ...(timing.ttft_ms === null ? [] : [`first token after ${formatMs(timing.ttft_ms)}`]),
    ...(failed ? [`failed: ${error?.type}`] : partial ? ["incomplete"] : []),
    ...(retry_of ? ["retry"] : []),
  ];
  return `, ${notes.join(", ")}`;
}
