/** Points on the timeline: files written, removed or renamed, connections, and what MCP servers are asked for. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Event, McpMessaged } from "../../src/event.ts";
import { mcpError, mcpName, mcpServer } from "./mcp.ts";
import { processKey } from "./process_tree.ts";
import type { Mark, MarkKind } from "./timeline_layout.ts";

export const MAX_MARKS = 5000;

/** The kinds {@link markOf} can make a mark of. */
export const MARK_KINDS: readonly Event["kind"][] = [
  "file.close",
  "file.unlink",
  "file.rmdir",
  "file.rename",
  "net.connect",
  "mcp.message",
];

interface LaneMark extends Mark {
  readonly lane: string;
}

export class Marks {
  readonly #marks = signal<readonly LaneMark[]>([]);
  /** There are older marks than these: in the recording, or no longer here. */
  readonly older = signal(false);
  #added: LaneMark[] = [];

  /** Marks by process, oldest first. */
  readonly byLane: ReadonlySignal<ReadonlyMap<string, readonly Mark[]>> = computed(() =>
    Map.groupBy(this.#marks.value, (mark) => mark.lane)
  );

  apply(event: Event): void {
    const mark = markOf(event);
    if (mark !== null) this.#added.push({ ...mark, lane: processKey(event) });
  }

  /** One new list for all changes of a batch. */
  publish(): void {
    if (this.#added.length === 0) return;
    const bySeq = new Map(this.#marks.peek().map((mark) => [mark.seq, mark]));
    for (const mark of this.#added) bySeq.set(mark.seq, mark);
    this.#added = [];
    const sorted = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    const excess = Math.max(sorted.length - MAX_MARKS, 0);
    if (excess > 0) this.older.value = true;
    this.#marks.value = sorted.slice(excess);
  }
}

export function markOf(event: Event): Mark | null {
  const mark = (kind: MarkKind, label: string): Mark => ({ seq: event.seq, ts: event.ts, kind, label });
  switch (event.kind) {
    case "file.close":
      return event.written_bytes > 0 ? mark("write", event.path) : null;
    case "file.unlink":
    case "file.rmdir":
      return event.result === 0 ? mark("remove", event.path) : null;
    case "file.rename":
      return event.result === 0 ? mark("write", `${event.from} → ${event.to}`) : null;
    case "net.connect":
      return mark("connect", formatAddress(event));
    case "mcp.message":
      return mcpMark(event);
    default:
      return null;
  }
}

/** A request, and its answer only when that is an error. */
function mcpMark(event: McpMessaged): Mark | null {
  const { seq, ts, type } = event;
  const error = mcpError(event);
  if (type !== "request" && error === null) return null;
  const failed = error === null ? "" : ` failed: ${error}`;
  return { seq, ts, kind: "mcp", label: `${mcpName(event)}${failed}, ${mcpServer(event)}` };
}

export function formatAddress(
  { family, addr, port }: { readonly family: string; readonly addr: string; readonly port: number },
): string {
  if (family === "unix") return addr === "" ? "unnamed unix socket" : addr;
  return family === "inet6" ? `[${addr}]:${port}` : `${addr}:${port}`;
}
