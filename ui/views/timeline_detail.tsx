/** What is selected on the timeline. */
import type { CallRow } from "../api.ts";
import type { App } from "../models/app.ts";
import {
  formatArgv,
  formatClock,
  formatCost,
  formatMs,
  formatShort,
  formatSpan,
  plural,
} from "../models/format.ts";
import { routeHash } from "../models/route.ts";
import type { CallInterval } from "../models/timeline.ts";
import type { Cluster } from "../models/timeline_layout.ts";
import { CallStatus } from "./status.tsx";

export type Selection =
  | { readonly type: "process"; readonly key: string }
  | { readonly type: "call"; readonly call: CallInterval }
  | { readonly type: "marks"; readonly key: string; readonly cluster: Cluster };

/** A cluster of thousands is named by its first few. */
const MARKS_SHOWN = 30;

interface TimelineDetailProps {
  readonly app: App;
  readonly selection: Selection;
  readonly close: () => void;
}

export function TimelineDetail({ app, selection, close }: TimelineDetailProps) {
  const target = selection.type === "process"
    ? routeHash("processes", selection.key)
    : selection.type === "call"
    ? routeHash("calls", selection.call.id)
    : null;
  return (
    <section class="timeline-detail" aria-label="Selected item">
      <div class="timeline-detail-body" role="status">
        {selection.type === "process"
          ? <ProcessFacts app={app} id={selection.key} />
          : selection.type === "call"
          ? <CallFacts app={app} call={selection.call} />
          : <MarkFacts cluster={selection.cluster} />}
      </div>
      {target !== null && <a class="button" href={target}>Open</a>}
      <button type="button" onClick={close} aria-label="Close the selected item">✕</button>
    </section>
  );
}

function ProcessFacts({ app, id }: { readonly app: App; readonly id: string }) {
  const row = app.processes.byKey.value.get(id);
  if (row === undefined) return <p>This process is no longer in memory.</p>;
  return (
    <>
      <p class="line">
        <b>{row.comm}</b> <span class="faint">pid {row.pid}</span>
        <code class="clip">{formatArgv(row.argv)}</code>
      </p>
      <p class="line">
        {formatClock(row.start, "ms")}, {row.ended === null ? "running" : formatSpan(row.ended - row.start)},
        {" "}
        {plural(row.calls, "call")}, {plural(row.files, "file")}, {plural(row.connections, "connection")}
      </p>
    </>
  );
}

function CallFacts({ app, call }: { readonly app: App; readonly call: CallInterval }) {
  const row: CallRow | undefined = call.row ?? app.calls.rows.value.find(({ id }) => id === call.id);
  return (
    <>
      <p class="line">
        <CallStatus row={row ?? null} /> <b>{row?.model ?? "Answer in progress"}</b>
        <span class="clip">{row === undefined ? call.live?.text : row.prompt}</span>
      </p>
      <p class="line">
        {formatClock(call.start, "ms")}
        {row !== undefined && (
          <>
            , {formatMs(row.timing.duration_ms)}, first token {formatMs(row.timing.ttft_ms)},{" "}
            {formatShort(row.usage.input_tokens)} in, {formatShort(row.usage.output_tokens)} out,{" "}
            {formatCost(row.cost_usd)}
          </>
        )}
      </p>
    </>
  );
}

const MARK_NAMES = {
  write: "file written",
  remove: "file removed",
  connect: "connection",
  mcp: "MCP request",
} as const;

export function markTitle({ kind, marks }: Cluster): string {
  const [first] = marks;
  if (marks.length === 1 && first !== undefined) return `${MARK_NAMES[kind]}: ${first.label}`;
  return `${marks.length} × ${MARK_NAMES[kind]}`;
}

function MarkFacts({ cluster }: { readonly cluster: Cluster }) {
  const { marks } = cluster;
  return (
    <>
      <p class="line">
        <b>{markTitle(cluster)}</b>
      </p>
      <ol class="mark-list">
        {marks.slice(0, MARKS_SHOWN).map((mark) => (
          <li key={mark.seq}>
            <span class="num">{formatClock(mark.ts, "ms")}</span> <code>{mark.label}</code>
          </li>
        ))}
      </ol>
      {marks.length > MARKS_SHOWN && <p class="hint">and {marks.length - MARKS_SHOWN} more: zoom in</p>}
    </>
  );
}
