/** The sign of a mark: a different shape for each kind, so that they are told apart without colour. */
import type { MarkKind } from "../models/timeline_layout.ts";

const SHAPES: Readonly<Record<MarkKind, string>> = {
  write: "M-2.5-2.5h5v5h-5z",
  connect: "M0-3.5l3.5 6.5h-7z",
  mcp: "M0-4l4 4-4 4-4-4z",
  remove: "M-2.5-2.5l5 5m0-5l-5 5",
};

/** Inside an SVG, centred on the origin. */
export function MarkSign({ kind }: { readonly kind: MarkKind }) {
  return <path class={`mark mark-${kind}`} d={SHAPES[kind]} />;
}

export function MarkKey({ kind }: { readonly kind: MarkKind }) {
  return (
    <svg width="10" height="10" viewBox="-5 -5 10 10" aria-hidden="true">
      <MarkSign kind={kind} />
    </svg>
  );
}
