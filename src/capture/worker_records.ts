/** The records that the capture worker acts on itself. */
import type { Actor, Micros } from "../event.ts";
import { Actors } from "./actors.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { toMicros } from "./clock.ts";
import { header, image, RecordFlag, RecordType } from "./layout.gen.ts";
import type { ImageKey } from "./probes.ts";

export interface ProcessSeen extends Actor {
  readonly ts: Micros;
}

export interface ImageSeen extends ProcessSeen {
  readonly key: ImageKey;
  readonly addr: bigint;
  readonly mapped: boolean;
  /** It is on a file system in user space. */
  readonly fuse: boolean;
  /** The kernel stopped the process until the file is judged. */
  readonly held: boolean;
}

export interface WorkerActions {
  imageSeen(seen: ImageSeen): void;
  agentFound(seen: ProcessSeen): void;
  /** A process begins its first TLS connection. */
  helloSeen(seen: ProcessSeen): void;
}

const own: ReadonlySet<number> = new Set([
  RecordType.IMAGE,
  RecordType.AGENT_FOUND,
  RecordType.TLS_HELLO,
]);

export class WorkerRecords {
  readonly #boot: number;
  readonly #actors: Actors;

  constructor(boot: number) {
    this.#boot = boot;
    this.#actors = new Actors(boot);
  }

  /** Calls the action of each record of a control batch that has one. */
  visit(batch: Uint8Array, actions: WorkerActions): void {
    const view = viewOf(batch);
    forEachRecord(view, (at, type) => {
      if (!own.has(type)) return;
      const ts = toMicros(
        this.#boot,
        view.getUint32(at + header.ts, true),
        view.getUint32(at + header.ts + 4, true),
      );
      const seen = { ...this.#actors.of(view, at), ts };
      if (type === RecordType.AGENT_FOUND) return actions.agentFound(seen);
      if (type === RecordType.TLS_HELLO) return actions.helloSeen(seen);
      const flags = view.getUint16(at + header.flags, true);
      const held = (flags & RecordFlag.HELD) !== 0;
      actions.imageSeen({
        ...seen,
        key: {
          dev: view.getBigUint64(at + image.dev, true),
          ino: view.getBigUint64(at + image.ino, true),
          changed: view.getBigUint64(at + image.changed, true),
        },
        addr: view.getBigUint64(at + image.addr, true),
        mapped: (flags & RecordFlag.MAPPED) !== 0,
        fuse: (flags & RecordFlag.FUSE) !== 0,
        held,
      });
    });
  }
}
