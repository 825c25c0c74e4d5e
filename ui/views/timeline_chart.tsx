/** Lanes over time: labels on the left, an SVG plot on the right. Only lanes in view are drawn. */
import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { App } from "../models/app.ts";
import { formatArgv } from "../models/format.ts";
import { clusterLanes } from "../models/timeline_layout.ts";
import { processKey } from "../models/process_tree.ts";
import { attachGestures } from "./timeline_gestures.ts";
import { TimelineKeys } from "./timeline_keys.ts";
import { LANE_PX, LanePlot } from "./timeline_lane.tsx";
import { Ruler } from "./timeline_ruler.tsx";
import type { Selection } from "./timeline_detail.tsx";

/** SVG elements of marks in view, together. */
const MAX_CLUSTERS = 1500;
const OVERSCAN = 4;

interface ChartProps {
  readonly app: App;
  readonly selection: Signal<Selection | null>;
}

export function TimelineChart({ app, selection }: ChartProps) {
  const { timeline, marks } = app;
  const scroller = useRef<HTMLDivElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const view = useSignal({ top: 0, height: 600 });
  const lane = useSignal(0);

  useEffect(() => {
    if (scroller.current === null || plot.current === null) return;
    const box = scroller.current;
    const surface = plot.current;
    const measure = () => {
      timeline.width.value = Math.max(surface.clientWidth, 50);
      view.value = { top: box.scrollTop, height: box.clientHeight };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    observer.observe(surface);
    box.addEventListener("scroll", measure, { passive: true });
    const detach = attachGestures(surface, { timeline, scroller: box });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", measure);
      detach();
    };
  }, []);

  const shown = useComputed(() => {
    const lanes = timeline.lanes.value;
    const first = Math.max(Math.floor(view.value.top / LANE_PX) - OVERSCAN, 0);
    const count = Math.ceil(view.value.height / LANE_PX) + 2 * OVERSCAN;
    const visible = lanes.slice(first, first + count);
    const keys = visible.map(({ line }) => processKey(line.node.row));
    const clusters = clusterLanes(keys.map((key) => marks.byLane.value.get(key) ?? []), {
      scale: timeline.scale.value,
      max: MAX_CLUSTERS,
    });
    return visible.map((lane, i) => ({
      lane,
      index: first + i,
      key: keys[i] ?? "",
      clusters: clusters[i] ?? [],
    }));
  });

  const keys = new TimelineKeys({ timeline, lane, selection, scroller });
  const total = timeline.lanes.value.length;
  return (
    <div
      class="chart"
      ref={scroller}
      tabIndex={0}
      role="application"
      aria-roledescription="timeline"
      aria-label={`${total} processes. Up and down choose a process, left and right its calls, Enter opens, plus and minus zoom, Shift with left and right moves in time.`}
      onKeyDown={(event) => keys.handle(event)}
    >
      <div class="ruler-row">
        <div class="ruler-corner">Process</div>
        <Ruler timeline={timeline} />
      </div>
      <div class="lanes" style={{ height: `${total * LANE_PX}px` }}>
        <div class="labels">
          {shown.value.map(({ lane: { line }, index, key }) => (
            <button
              key={key}
              type="button"
              tabIndex={-1}
              class={index === lane.value ? "label label-current" : "label"}
              style={{ top: `${index * LANE_PX}px`, "--level": line.level }}
              title={formatArgv(line.node.row.argv)}
              onClick={() => {
                lane.value = index;
                selection.value = { type: "process", key };
              }}
            >
              <b>{line.node.row.comm}</b> <span>{commandTail(line.node.row.argv)}</span>
            </button>
          ))}
        </div>
        <div class="plot" ref={plot}>
          <svg class="plot-svg" width="100%" height={total * LANE_PX} aria-hidden="true">
            {shown.value.map(({ lane: laneOf, index, key, clusters }) => (
              <LanePlot
                key={key}
                lane={laneOf}
                id={key}
                top={index * LANE_PX}
                clusters={clusters}
                current={index === lane.value}
                timeline={timeline}
                selection={selection}
              />
            ))}
          </svg>
        </div>
      </div>
      {total === 0 && <p class="end">No process was there in this time.</p>}
      {marks.older.value && (
        <p class="end">Only the newest marks are shown. Each process lists all its events.</p>
      )}
    </div>
  );
}

/** The command without its program: the label starts with that already. */
function commandTail(argv: readonly string[]): string {
  return formatArgv(argv.slice(1)).slice(0, 80);
}
