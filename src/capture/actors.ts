/** Who acted, decoded once for each thread and not once for each record. */
import type { Actor } from "../event.ts";
import { header } from "./layout.gen.ts";
import { toMicros } from "./clock.ts";
import { toName } from "./names.ts";

const MAX_THREADS = 8192;
const COMM_BYTES = 16;

interface Known {
  readonly pid: number;
  readonly start: bigint;
  readonly comm: readonly [bigint, bigint];
  readonly actor: Actor;
}

export class Actors {
  readonly #boot: number;
  readonly #byThread = new Map<number, Known>();

  constructor(boot: number) {
    this.#boot = boot;
  }

  /** The actor of the record whose bytes start at `at`. */
  of(view: DataView, at: number): Actor {
    const tid = view.getUint32(at + header.tid, true);
    const pid = view.getUint32(at + header.pid, true);
    const start = view.getBigUint64(at + header.start, true);
    const low = view.getBigUint64(at + header.comm, true);
    const high = view.getBigUint64(at + header.comm + 8, true);
    const known = this.#byThread.get(tid);
    if (
      known && known.start === start && known.pid === pid && known.comm[0] === low && known.comm[1] === high
    ) return known.actor;
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + header.comm, COMM_BYTES);
    const end = bytes.indexOf(0);
    const actor: Actor = {
      pid,
      tid,
      start: toMicros(this.#boot, Number(start & 0xffff_ffffn), Number(start >> 32n)),
      comm: toName(bytes.subarray(0, end < 0 ? COMM_BYTES : end)).text,
    };
    if (this.#byThread.size >= MAX_THREADS) this.#byThread.clear();
    this.#byThread.set(tid, { pid, start, comm: [low, high], actor });
    return actor;
  }
}
