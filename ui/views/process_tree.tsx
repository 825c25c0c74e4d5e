/** The tree as an ARIA tree: one tab stop, arrow keys inside. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ProcessRow } from "../api.ts";
import { formatArgv, formatShort, formatSpan } from "../models/format.ts";
import type { TreeLine } from "../models/process_tree.ts";
import { routeHash } from "../models/route.ts";
import { ExitState } from "./exit_state.tsx";
import { Icon } from "./icons.tsx";

interface ProcessTreeProps {
  readonly lines: ReadonlySignal<readonly TreeLine[]>;
  readonly collapsed: Signal<ReadonlySet<string>>;
  readonly selected: string | null;
}

export function ProcessTree({ lines, collapsed, selected }: ProcessTreeProps) {
  const tree = useRef<HTMLDivElement>(null);
  const stop = lines.value.find(({ node }) => node.key === selected)?.node.key ?? lines.value[0]?.node.key;
  const toggle = (key: string, expand: boolean) => {
    const next = new Set(collapsed.peek());
    if (expand) next.delete(key);
    else next.add(key);
    collapsed.value = next;
  };
  const handleKey = (event: KeyboardEvent) => {
    const items = [...tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]") ?? []];
    const at = items.findIndex((item) => item === document.activeElement);
    const line = lines.peek()[at];
    if (line === undefined) return;
    const target = moveFrom(event.key, { at, line, lines: lines.peek(), toggle });
    if (target === null) return;
    event.preventDefault();
    event.stopPropagation();
    items[target]?.focus();
  };
  return (
    <div class="tree-box">
      <div class="tree-head" aria-hidden="true">
        <span>Process</span>
        <span>Calls</span>
        <span>Files</span>
        <span>Conns</span>
        <span>Duration</span>
        <span>End</span>
      </div>
      <div class="tree" role="tree" aria-label="Processes" ref={tree} onKeyDown={handleKey}>
        {lines.value.map((line) => (
          <TreeItem
            key={line.node.key}
            line={line}
            selected={line.node.key === selected}
            stop={line.node.key === stop}
            toggle={toggle}
          />
        ))}
      </div>
    </div>
  );
}

interface Move {
  readonly at: number;
  readonly line: TreeLine;
  readonly lines: readonly TreeLine[];
  readonly toggle: (key: string, expand: boolean) => void;
}

/** The index to focus, or null when the key is not the tree's. */
function moveFrom(key: string, { at, line, lines, toggle }: Move): number | null {
  switch (key) {
    case "ArrowDown":
      return at + 1;
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return lines.length - 1;
    case "ArrowRight":
      if (line.expanded) return at + 1;
      if (line.node.children.length > 0) toggle(line.node.key, true);
      return at;
    case "ArrowLeft":
      if (line.expanded) {
        toggle(line.node.key, false);
        return at;
      }
      return Math.max(lines.slice(0, at).findLastIndex(({ level }) => level < line.level), 0);
    case "Enter":
    case " ":
      location.hash = routeHash("processes", line.node.key);
      return at;
    default:
      return null;
  }
}

interface TreeItemProps {
  readonly line: TreeLine;
  readonly selected: boolean;
  readonly stop: boolean;
  readonly toggle: (key: string, expand: boolean) => void;
}

function TreeItem({ line, selected, stop, toggle }: TreeItemProps) {
  const { node: { key, row, children }, level, position, siblings, expanded } = line;
  return (
    <div
      class="tree-item"
      style={{ "--level": Math.min(level - 1, 12) }}
      role="treeitem"
      tabIndex={stop ? 0 : -1}
      aria-level={level}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={children.length === 0 ? undefined : expanded}
      aria-selected={selected}
      onClick={() => location.hash = routeHash("processes", key)}
    >
      <span class="tree-name">
        {children.length > 0
          ? (
            <span
              class={expanded ? "twist twist-open" : "twist"}
              onClick={(event) => {
                event.stopPropagation();
                toggle(key, !expanded);
              }}
            >
              <Icon name="chevron" />
            </span>
          )
          : <span class="twist" />}
        <b>{row.comm}</b>
        <span class="pid">{row.pid}</span>
        <code>{formatArgv(row.argv.slice(1)).slice(0, 200)}</code>
      </span>
      <Count of={row.calls} noun="call" />
      <Count of={row.files} noun="file" />
      <Count of={row.connections} noun="connection" />
      <span class="num tree-duration">{duration(row)}</span>
      <ExitState row={row} />
    </div>
  );
}

function Count({ of, noun }: { readonly of: number; readonly noun: string }) {
  return (
    <span class={of === 0 ? "num count count-zero" : "num count"}>
      {formatShort(of)}
      <span class="noun">{of === 1 ? noun : `${noun}s`}</span>
    </span>
  );
}

function duration(row: ProcessRow): string {
  return row.ended === null ? "" : formatSpan(row.ended - row.start);
}
