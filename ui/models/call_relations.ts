/** How the selected call is tied to others: what it goes on from, what it repeats, and what followed. */
import type { CallRow } from "../api.ts";

/** A call by its id; its row when it is among those that are loaded. */
export interface Related {
  readonly id: string;
  readonly row: CallRow | null;
}

export interface CallRelations {
  readonly continues: Related | null;
  readonly continuedBy: readonly CallRow[];
  readonly repeats: Related | null;
  readonly repeatedBy: readonly CallRow[];
  /** Calls of its thread that are loaded, with itself, oldest first. */
  readonly thread: readonly CallRow[];
}

export interface Linked {
  readonly id: string;
  /** Missing in recordings of schema 1, like the others. */
  readonly thread?: string;
  readonly continues?: string | null;
  readonly retry_of?: string | null;
}

export function callRelations(call: Linked, rows: readonly CallRow[]): CallRelations {
  const byId = (id: string | null | undefined): Related | null =>
    typeof id === "string" ? { id, row: rows.find((row) => row.id === id) ?? null } : null;
  const oldestFirst = rows.toReversed();
  return {
    continues: byId(call.continues),
    continuedBy: oldestFirst.filter((row) => row.continues === call.id && row.id !== call.id),
    repeats: byId(call.retry_of),
    repeatedBy: oldestFirst.filter((row) => row.retry_of === call.id && row.id !== call.id),
    thread: call.thread === undefined ? [] : oldestFirst.filter((row) => row.thread === call.thread),
  };
}
