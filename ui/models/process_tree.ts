/** Process rows as a forest, and the forest as the lines that are shown. */
import type { ProcessRow } from "../api.ts";

export interface ProcessNode {
  readonly key: string;
  readonly row: ProcessRow;
  readonly children: readonly ProcessNode[];
}

export interface TreeLine {
  readonly node: ProcessNode;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly expanded: boolean;
}

/** A pid is used again; a pid and its start are not. */
export function processKey(process: { readonly pid: number; readonly start: number }): string {
  return `${process.pid}-${process.start}`;
}

/** Children by start time. A row whose parent is not among the rows is a root. */
export function buildTree(rows: readonly ProcessRow[]): readonly ProcessNode[] {
  const sorted = [...rows].sort((a, b) => a.start - b.start || a.pid - b.pid);
  const byPid = Map.groupBy(sorted, (row) => row.pid);
  const children = new Map<ProcessRow, ProcessRow[]>();
  const roots: ProcessRow[] = [];
  for (const row of sorted) {
    const parent = parentOf(row, byPid);
    const siblings = parent === null ? roots : children.get(parent);
    if (siblings !== undefined) siblings.push(row);
    else if (parent !== null) children.set(parent, [row]);
  }
  return roots.map((root) => grow(root, children));
}

/** The newest process with the parent's pid that had started when this one did: so no row is its own ancestor. */
function parentOf(row: ProcessRow, byPid: ReadonlyMap<number, readonly ProcessRow[]>): ProcessRow | null {
  let parent: ProcessRow | null = null;
  for (const other of byPid.get(row.ppid) ?? []) {
    if (other.start > row.start) break;
    if (other.start === row.start && other.pid >= row.pid) continue;
    parent = other;
  }
  return parent;
}

function grow(
  root: ProcessRow,
  children: ReadonlyMap<ProcessRow, readonly ProcessRow[]>,
): ProcessNode {
  const made = new Map<ProcessRow, ProcessNode & { readonly children: ProcessNode[] }>();
  const make = (row: ProcessRow) => {
    const node = { key: processKey(row), row, children: [] };
    made.set(row, node);
    return node;
  };
  const top = make(root);
  // A loop, not a recursion: a chain of ten thousand shells is a legal tree.
  const waiting = [root];
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    for (const child of children.get(row) ?? []) {
      made.get(row)?.children.push(make(child));
      waiting.push(child);
    }
  }
  return top;
}

/** Depth first, leaving out what is below a collapsed node, at most `max` lines. */
export function treeLines(
  roots: readonly ProcessNode[],
  { collapsed, max }: { readonly collapsed: ReadonlySet<string>; readonly max: number },
): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  const waiting: TreeLine[] = [];
  const push = (nodes: readonly ProcessNode[], level: number) => {
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i];
      if (node === undefined) continue;
      const expanded = node.children.length > 0 && !collapsed.has(node.key);
      waiting.push({ node, level, position: i + 1, siblings: nodes.length, expanded });
    }
  };
  push(roots, 1);
  for (let line = waiting.pop(); line !== undefined && lines.length < max; line = waiting.pop()) {
    lines.push(line);
    if (line.expanded) push(line.node.children, line.level + 1);
  }
  return lines;
}
