/** The Timeline tab: controls, the chart, and the selected item. */
import { useSignal } from "@preact/signals";
import type { App } from "../models/app.ts";
import { formatSpan } from "../models/format.ts";
import { Empty, Loading } from "./empty.tsx";
import { MarkKey } from "./mark_sign.tsx";
import { TimelineChart } from "./timeline_chart.tsx";
import { type Selection, TimelineDetail } from "./timeline_detail.tsx";

export function TimelineView({ app }: { readonly app: App }) {
  const { timeline } = app;
  const selection = useSignal<Selection | null>(null);
  return (
    <div class="timeline pane">
      <div class="toolbar">
        <Controls app={app} />
        <ul class="legend" aria-label="Legend">
          <li>
            <i class="key key-process" />process
          </li>
          <li>
            <i class="key key-call" />LLM call
          </li>
          <li>
            <MarkKey kind="write" />file written
          </li>
          <li>
            <MarkKey kind="remove" />removed
          </li>
          <li>
            <MarkKey kind="connect" />connection
          </li>
          <li>
            <MarkKey kind="mcp" />MCP request
          </li>
        </ul>
      </div>
      {timeline.empty.value ? <NoLanes app={app} /> : <TimelineChart app={app} selection={selection} />}
      {selection.value !== null && (
        <TimelineDetail
          app={app}
          selection={selection.value}
          close={() => selection.value = null}
        />
      )}
    </div>
  );
}

function Controls({ app: { timeline } }: { readonly app: App }) {
  const { start, end } = timeline.window.value;
  return (
    <div class="controls" role="group" aria-label="Zoom">
      <button type="button" onClick={() => timeline.zoom(0.6)} aria-label="Zoom in" title="Zoom in (+)">
        +
      </button>
      <button type="button" onClick={() => timeline.zoom(1 / 0.6)} aria-label="Zoom out" title="Zoom out (−)">
        −
      </button>
      <button
        type="button"
        aria-pressed={timeline.fitted}
        onClick={() => timeline.fit()}
        title="Show all (0)"
      >
        All
      </button>
      <button
        type="button"
        aria-pressed={timeline.following}
        title="Keep the newest events in view (f)"
        onClick={() => timeline.setFollow(!timeline.following.peek())}
      >
        Follow
      </button>
      <output class="window-length">{formatSpan(end - start)}</output>
    </div>
  );
}

function NoLanes({ app }: { readonly app: App }) {
  if (!app.calls.loaded.value) return <Loading app={app} />;
  return (
    <Empty title="No process yet" command="sudo agentsight trace -- claude -p 'list the files here'">
      A lane appears here for each process of a watched agent, with its LLM calls, files and connections.
    </Empty>
  );
}
