/**
 * What is passed on of the facts when the pipeline is too far behind: what must not be missed, at first, and then nothing.
 * The rest was drained, is left out here, and is counted by class.
 */
import { RECORD_HEADER_BYTES } from "../../ffi/ring_buffer.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { header, RecordFlag, RecordType } from "./layout.gen.ts";
import type { Loss } from "./messages.ts";

const classes: Readonly<Record<number, string>> = {
  [RecordType.FORK]: "process",
  [RecordType.THREAD]: "process",
  [RecordType.EXEC]: "process",
  [RecordType.EXIT]: "process",
  [RecordType.CRED]: "process",
  [RecordType.FILE_OPEN]: "file",
  [RecordType.FILE_IO]: "file",
  [RecordType.FILE_CLOSE]: "file",
  [RecordType.CALL]: "file",
  [RecordType.RESULT]: "file",
  [RecordType.NET_SOCKET]: "net",
  [RecordType.NET_CONNECT]: "net",
  [RecordType.NET_BIND]: "net",
  [RecordType.NET_LISTEN]: "net",
  [RecordType.NET_ACCEPT]: "net",
  [RecordType.NET_SEND]: "net",
  [RecordType.NET_CLOSE]: "net",
  [RecordType.NET_DATA]: "net",
};

/** Others can be told from what is left, or tell of less. */
const first: ReadonlySet<number> = new Set([
  RecordType.FORK,
  RecordType.THREAD,
  RecordType.EXIT,
  RecordType.FILE_OPEN,
  RecordType.FILE_IO,
  RecordType.FILE_CLOSE,
  RecordType.NET_SOCKET,
  RecordType.NET_CLOSE,
  RecordType.NET_SEND,
]);

export class Dropped {
  readonly #counts = new Map<string, Loss>();

  /** What must not be missed of a batch; null when there is nothing of it. */
  sift(batch: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
    const view = viewOf(batch);
    const kept: Uint8Array[] = [];
    let bytes = 0;
    forEachRecord(view, (at, type, size) => {
      if (first.has(type)) return this.#count(type, "throttled");
      const record = batch.subarray(at - RECORD_HEADER_BYTES, at + (size + 7 & ~7));
      kept.push(record);
      bytes += record.length;
    });
    if (bytes === 0) return null;
    const out = new Uint8Array(bytes);
    let to = 0;
    for (const record of kept) {
      out.set(record, to);
      to += record.length;
    }
    return out;
  }

  /** Nothing of it is passed on. A call counts with its result, and so once. */
  add(batch: Uint8Array): void {
    const view = viewOf(batch);
    forEachRecord(view, (at, type) => {
      const begun = type === RecordType.CALL &&
        (view.getUint16(at + header.flags, true) & RecordFlag.BEGUN) !== 0;
      if (!begun) this.#count(type, "events come faster than they are dealt with");
    });
  }

  /** What was dropped since the last call. */
  take(): Loss[] {
    const losses = [...this.#counts.values()];
    this.#counts.clear();
    return losses;
  }

  #count(type: number, reason: string): void {
    const what = classes[type];
    if (what === undefined) return;
    const key = `${what} ${reason}`;
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { class: what, reason, unit: "events", count });
  }
}
