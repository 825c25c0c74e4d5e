/** The timeline without a pointer. */
import type { Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { processKey } from "../models/process_tree.ts";
import { routeHash } from "../models/route.ts";
import { timeToPx } from "../models/time_scale.ts";
import type { Lane, Timeline } from "../models/timeline.ts";
import type { Selection } from "./timeline_detail.tsx";
import { LANE_PX } from "./timeline_lane.tsx";

const PAN_PX = 80;
const RULER_PX = 26;

interface KeyTargets {
  readonly timeline: Timeline;
  /** Index of the lane the keys act on. */
  readonly lane: Signal<number>;
  readonly selection: Signal<Selection | null>;
  readonly scroller: RefObject<HTMLElement | null>;
}

export class TimelineKeys {
  readonly #targets: KeyTargets;

  constructor(targets: KeyTargets) {
    this.#targets = targets;
  }

  handle(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act({ key, shiftKey }: KeyboardEvent): boolean {
    const { timeline, selection } = this.#targets;
    switch (key) {
      case "ArrowDown":
        return this.#moveLane(1);
      case "ArrowUp":
        return this.#moveLane(-1);
      case "ArrowRight":
        return shiftKey ? this.#pan(PAN_PX) : this.#moveCall(1);
      case "ArrowLeft":
        return shiftKey ? this.#pan(-PAN_PX) : this.#moveCall(-1);
      case "+":
      case "=":
        return this.#zoom(0.6);
      case "-":
        return this.#zoom(1 / 0.6);
      case "0":
        timeline.fit();
        return true;
      case "f":
        timeline.setFollow(!timeline.following.peek());
        return true;
      case "Enter":
        return this.#open();
      case "Escape":
        if (selection.peek() === null) return false;
        selection.value = null;
        return true;
      default:
        return false;
    }
  }

  #moveLane(step: number): boolean {
    const { timeline, lane, selection, scroller } = this.#targets;
    const next = lane.peek() + step;
    const found = timeline.lanes.peek()[next];
    if (found === undefined) return true;
    lane.value = next;
    selection.value = { type: "process", key: processKey(found.line.node.row) };
    const box = scroller.current;
    if (box !== null) {
      const top = next * LANE_PX;
      const bottom = top + LANE_PX + RULER_PX - box.clientHeight;
      box.scrollTop = Math.min(Math.max(box.scrollTop, bottom), top);
    }
    return true;
  }

  #moveCall(step: number): boolean {
    const { timeline, selection } = this.#targets;
    const calls = this.#lane()?.calls.toSorted((a, b) => a.start - b.start) ?? [];
    const selected = selection.peek();
    const at = selected?.type === "call" ? calls.findIndex(({ id }) => id === selected.call.id) : -1;
    const next = at === -1 ? calls.at(step > 0 ? 0 : -1) : calls[at + step];
    if (next === undefined) return true;
    selection.value = { type: "call", call: next };
    timeline.reveal(next.start);
    return true;
  }

  /** Towards the selected call, when it is in view. */
  #zoom(factor: number): boolean {
    const { timeline, selection } = this.#targets;
    const selected = selection.peek();
    const scale = timeline.scale.peek();
    const px = selected?.type === "call" ? timeToPx(scale, selected.call.start) : -1;
    timeline.zoom(factor, px >= 0 && px <= scale.width ? px : scale.width / 2);
    return true;
  }

  #pan(px: number): boolean {
    this.#targets.timeline.pan(px);
    return true;
  }

  #open(): boolean {
    const selected = this.#targets.selection.peek();
    if (selected === null || selected.type === "marks") return false;
    location.hash = selected.type === "call"
      ? routeHash("calls", selected.call.id)
      : routeHash("processes", selected.key);
    return true;
  }

  #lane(): Lane | undefined {
    return this.#targets.timeline.lanes.peek()[this.#targets.lane.peek()];
  }
}
