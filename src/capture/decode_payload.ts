/** decode: the payload ring → records of connections, in order. */
import type { Actor, Micros } from "../event.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { Actors } from "./actors.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { toMicros } from "./clock.ts";
import * as layout from "./layout.gen.ts";
import { RecordFlag, RecordType, TlsDirection } from "./layout.gen.ts";

/** A process used a hooked library. */
export interface LibraryUse {
  readonly actor: Actor;
  readonly library: number;
  readonly ts: Micros;
}

export class PayloadDecoder {
  readonly #boot: number;
  readonly #actors: Actors;
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

  /** Appends the records of one batch. Data is not copied: it points into `batch`. */
  decode(batch: Uint8Array, out: { readonly records: StreamRecord[]; readonly uses: LibraryUse[] }): void {
    const view = viewOf(batch);
    const malformed = forEachRecord(view, (at, type, size) => {
      const u32 = (field: number) => view.getUint32(at + field, true);
      const u64 = (field: number) => u32(field) + u32(field + 4) * 4294967296;
      const ts = toMicros(this.#boot, u32(layout.header.ts), u32(layout.header.ts + 4));
      const actor = this.#actors.of(view, at);
      switch (type) {
        case RecordType.TLS_DATA: {
          const from = at + layout.tlsData.size;
          const length = Math.min(u32(layout.tlsData.length), size - layout.tlsData.size);
          out.records.push({
            type: "data",
            conn: u64(layout.tlsData.conn),
            dir: u32(layout.tlsData.direction) === TlsDirection.SEND ? "send" : "recv",
            pos: u64(layout.tlsData.pos),
            call: u32(layout.tlsData.call),
            bytes: batch.subarray(from, from + length),
            ts,
            actor,
          });
          break;
        }
        case RecordType.TLS_OPEN: {
          const flags = view.getUint16(at + layout.header.flags, true);
          const fromStart = (flags & RecordFlag.FROM_START) !== 0;
          out.records.push({ type: "open", conn: u64(layout.tlsOpen.conn), fromStart, ts, actor });
          out.uses.push({ actor, library: u64(layout.tlsOpen.library), ts });
          break;
        }
        case RecordType.TLS_CLOSE:
          out.records.push({ type: "close", conn: u64(layout.tlsClose.conn), ts, actor });
          break;
        case RecordType.EXIT:
          out.records.push({ type: "exit", pid: actor.pid, start: actor.start, ts });
          break;
        case RecordType.TLS_HANDSHAKE:
          break;
        default:
          this.#malformed++;
      }
    });
    this.#malformed += malformed;
  }
}
