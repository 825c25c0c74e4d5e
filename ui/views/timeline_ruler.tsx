/** The time axis: round times since the recording began. */
import { formatClock } from "../models/format.ts";
import { ticks, timeToPx } from "../models/time_scale.ts";
import type { Timeline } from "../models/timeline.ts";

const TICK_PX = 90;

export function Ruler({ timeline }: { readonly timeline: Timeline }) {
  const scale = timeline.scale.value;
  const origin = timeline.extent.value.start;
  const { step, times } = ticks(scale, origin, TICK_PX);
  return (
    <svg
      class="ruler"
      width="100%"
      height="26"
      aria-label={`from ${formatClock(scale.start, "ms")}`}
      role="img"
    >
      {times.map((time) => {
        const x = timeToPx(scale, time);
        return (
          <g key={time} transform={`translate(${x} 0)`}>
            <line y1="18" y2="26" />
            <text x="4" y="16">{formatTick(time - origin, step)}</text>
          </g>
        );
      })}
    </svg>
  );
}

/** As many decimals as tell two ticks apart. */
export function formatTick(micros: number, step: number): string {
  if (micros === 0) return "0";
  if (step < 1000) return `${trim(micros / 1000, 3)} ms`;
  if (step < 1e6 && micros < 10e6) return `${trim(micros / 1000, 0)} ms`;
  const minutes = Math.floor(micros / 60e6);
  const seconds = (micros - minutes * 60e6) / 1e6;
  if (minutes === 0) return `${trim(seconds, 3)} s`;
  const text = `${minutes % 60}:${seconds < 9.9995 ? "0" : ""}${trim(seconds, 3)}`;
  return minutes < 60 ? text : `${Math.floor(minutes / 60)}:${text.padStart(5, "0")}`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
