/** Facts that were drained and not passed on, because the pipeline is too far behind: counted by class. */
import { forEachRecord, viewOf } from "./batch.ts";
import { RecordType } from "./layout.gen.ts";
import type { Loss } from "./messages.ts";

const classes: Readonly<Record<number, string>> = {
  [RecordType.FORK]: "process",
  [RecordType.EXEC]: "process",
  [RecordType.EXIT]: "process",
  [RecordType.THREAD]: "process",
  [RecordType.FILE_OPEN]: "file",
  [RecordType.FILE_IO]: "file",
  [RecordType.FILE_CLOSE]: "file",
  [RecordType.CALL]: "file",
  [RecordType.CRED]: "process",
  [RecordType.NET_CONNECT]: "net",
};

export class Dropped {
  readonly #counts = new Map<string, number>();

  add(batch: Uint8Array): void {
    forEachRecord(viewOf(batch), (_at, type) => {
      const what = classes[type];
      if (what !== undefined) this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    });
  }

  /** What was dropped since the last call. */
  take(): Loss[] {
    const losses = [...this.#counts].map(([what, count]): Loss => ({
      class: what,
      reason: "events come faster than they are dealt with",
      unit: "events",
      count,
    }));
    this.#counts.clear();
    return losses;
  }
}
