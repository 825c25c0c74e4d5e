/** What a recording cannot say. */
import type { DatabaseSync } from "node:sqlite";
import type { Recorded } from "./recorded.ts";

export interface Evidence {
  readonly calls: number;
  /** Their request or answer was not seen whole: tokens, text and tools may be missing. */
  readonly incomplete_calls: number;
  readonly loss: readonly {
    readonly class: string;
    /** Empty when it was not kept. */
    readonly reason: string;
    readonly unit: string;
    readonly count: number;
  }[];
  /** False while it is being written, and when that was cut short. */
  readonly finished: boolean;
  /** `off`, `meta`, `redacted` or `full`; empty when unknown. */
  readonly capture: string;
}

export function evidenceOf(db: DatabaseSync, recorded: Recorded): Evidence {
  const calls = db.prepare("SELECT count(*) AS calls, coalesce(sum(NOT complete), 0) AS part FROM calls")
    .get();
  const loss = db.prepare(
    `SELECT class, reason, unit, count FROM ${recorded.loss} WHERE count > 0 ORDER BY class, reason, unit`,
  ).all();
  const meta = new Map(
    db.prepare("SELECT key, value FROM meta").all().map((row) => [row.key, String(row.value)]),
  );
  return {
    calls: Number(calls?.calls),
    incomplete_calls: Number(calls?.part),
    loss: loss.map((row) => ({
      ...{ class: String(row.class), reason: String(row.reason), unit: String(row.unit) },
      count: Number(row.count),
    })),
    finished: meta.get("clean") === "true",
    capture: meta.get("capture") ?? "",
  };
}
