/** decode: facts of the control ring → drafts of system events. */
import type { Draft, Micros } from "../event.ts";
import { Actors } from "./actors.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { toMicros } from "./clock.ts";
import { Calls } from "./decode_call.ts";
import { OpenFiles, type RecordHead } from "./decode_file.ts";
import { NameFacts } from "./decode_names.ts";
import { socketFact } from "./decode_network.ts";
import { credChanged, execed, exited } from "./decode_process.ts";
import * as layout from "./layout.gen.ts";
import { RecordType } from "./layout.gen.ts";
import type { Loss } from "./messages.ts";
import { RecordReader } from "./record_reader.ts";
import { WalkedPaths } from "./walked_paths.ts";

/** Of the fixed parts: of another build, a recorded round may have shorter ones. */
const sizes: Readonly<Record<number, number>> = {
  [RecordType.FORK]: layout.fork.size,
  [RecordType.THREAD]: layout.fork.size,
  [RecordType.EXEC]: layout.exec.size,
  [RecordType.EXIT]: layout.exit.size,
  [RecordType.FILE_OPEN]: layout.fileOpen.size,
  [RecordType.FILE_IO]: layout.fileClose.size,
  [RecordType.FILE_CLOSE]: layout.fileClose.size,
  [RecordType.CALL]: layout.call.size,
  [RecordType.RESULT]: layout.result.size,
  [RecordType.CRED]: layout.cred.size,
  [RecordType.NET_SOCKET]: layout.net.size,
  [RecordType.NET_CONNECT]: layout.net.size,
  [RecordType.NET_BIND]: layout.net.size,
  [RecordType.NET_LISTEN]: layout.net.size,
  [RecordType.NET_ACCEPT]: layout.net.size,
  [RecordType.NET_SEND]: layout.net.size,
  [RecordType.NET_CLOSE]: layout.net.size,
  [RecordType.NET_DATA]: layout.netData.size,
};

export class ControlDecoder {
  readonly #boot: number;
  readonly #actors: Actors;
  readonly #paths = new WalkedPaths();
  readonly #files = new OpenFiles();
  readonly #calls = new Calls();
  readonly #names = new NameFacts();
  #malformed = 0;

  constructor(boot: number) {
    this.#boot = boot;
    this.#actors = new Actors(boot);
  }

  /** Records that were not what their header said, since the last call. */
  takeMalformed(): number {
    const count = this.#malformed;
    this.#malformed = 0;
    return count;
  }

  /** What could not be told, for want of an earlier record or because it could not be read, since the last call. */
  takeLosses(): Loss[] {
    const losses: Loss[] = [
      {
        class: "file",
        reason: "the call's beginning was lost",
        unit: "events",
        count: this.#calls.takeOrphans(),
      },
      {
        class: "net",
        reason: "names in a message not readable",
        unit: "events",
        count: this.#names.takeUnread(),
      },
    ];
    return losses.filter(({ count }) => count > 0);
  }

  /** Appends the drafts of one batch to `out`. */
  decode(batch: Uint8Array, out: Draft[]): void {
    const view = viewOf(batch);
    const reader = new RecordReader(batch, { view, paths: this.#paths });
    const malformed = forEachRecord(view, (at, type, size) => {
      if (size < (sizes[type] ?? 0)) return void this.#malformed++;
      reader.go(at, size);
      const draft = this.#record(reader, type);
      if (draft) out.push(draft);
    });
    this.#malformed += malformed;
  }

  #record(r: RecordReader, type: number): Draft | null {
    // Spread first, here and below: the engine then copies it as a whole, ten times faster.
    const head: RecordHead = { ...this.#actors.of(r.view, r.at), ts: this.#time(r, layout.header.ts) };
    switch (type) {
      case RecordType.FORK: {
        const child_start = this.#time(r, layout.fork.child_start);
        return {
          ...head,
          kind: "process.fork",
          ppid: head.pid,
          child: r.u32(layout.fork.child),
          child_start,
        };
      }
      case RecordType.THREAD:
        return { ...head, kind: "process.thread", thread: r.u32(layout.fork.child) };
      case RecordType.EXEC:
        return execed(r, head);
      case RecordType.EXIT:
        return exited(r, head);
      case RecordType.FILE_OPEN:
        return this.#files.opened(r, head);
      case RecordType.FILE_IO:
        return this.#files.used(r, head);
      case RecordType.FILE_CLOSE:
        return this.#files.closed(r, head);
      case RecordType.CALL:
        return this.#calls.called(r, head);
      case RecordType.RESULT:
        return this.#calls.returned(r, head);
      case RecordType.CRED:
        return credChanged(r, head);
      case RecordType.NET_SOCKET:
      case RecordType.NET_CONNECT:
      case RecordType.NET_BIND:
      case RecordType.NET_LISTEN:
      case RecordType.NET_ACCEPT:
      case RecordType.NET_SEND:
      case RecordType.NET_CLOSE:
        return socketFact(r, type, { head, since: this.#time(r, layout.net.since) });
      case RecordType.NET_DATA:
        return this.#names.told(r, head);
      // Read by the capture worker itself.
      case RecordType.IMAGE:
      case RecordType.AGENT_FOUND:
      case RecordType.TLS_HELLO:
        return null;
      default:
        this.#malformed++;
        return null;
    }
  }

  #time(r: RecordReader, field: number): Micros {
    return toMicros(this.#boot, r.u32(field), r.u32(field + 4));
  }
}
