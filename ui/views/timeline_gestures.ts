/** Wheel, drag and pinch on the plot. */
import type { Timeline } from "../models/timeline.ts";

interface GestureTarget {
  readonly timeline: Timeline;
  readonly scroller: HTMLElement;
}

/** A notch of a mouse wheel is about 100 px: a fifth more or less. */
const ZOOM_PER_PX = 0.002;
/** A press that moves less is a click. */
const DRAG_PX = 4;

/** @returns what takes the listeners away again */
export function attachGestures(surface: HTMLElement, { timeline, scroller }: GestureTarget): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let dragging = false;
  const left = () => surface.getBoundingClientRect().left;

  const wheel = (event: WheelEvent) => {
    if (event.shiftKey && !event.ctrlKey) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return timeline.pan(event.deltaX * lines);
    timeline.zoom(Math.exp(event.deltaY * lines * ZOOM_PER_PX), event.clientX - left());
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    dragging = false;
  };
  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const factor = Math.max(Math.abs(before.x - other.x), 1) / Math.max(Math.abs(now.x - other.x), 1);
      timeline.zoom(factor, (now.x + other.x) / 2 - left());
      dragging = true;
    } else {
      if (!dragging && Math.hypot(now.x - before.x, now.y - before.y) < DRAG_PX) return;
      if (!dragging) surface.setPointerCapture(event.pointerId);
      dragging = true;
      timeline.pan(before.x - now.x);
      if (event.pointerType === "mouse") scroller.scrollTop += before.y - now.y;
    }
    pointers.set(event.pointerId, now);
  };
  const up = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
  };
  /** The click that ends a drag selects nothing. */
  const click = (event: MouseEvent) => {
    if (!dragging) return;
    event.stopPropagation();
    dragging = false;
  };

  const controller = new AbortController();
  const { signal } = controller;
  surface.addEventListener("wheel", wheel, { passive: false, signal });
  surface.addEventListener("pointerdown", down, { signal });
  surface.addEventListener("pointermove", move, { signal });
  surface.addEventListener("pointerup", up, { signal });
  surface.addEventListener("pointercancel", up, { signal });
  surface.addEventListener("click", click, { capture: true, signal });
  return () => controller.abort();
}
