/** Who acted, decoded once for each thread and not once for each record. */
import type { Actor } from "../event.ts";
import { header } from "./layout.gen.ts";
import { toMicros } from "./clock.ts";
import { toName } from "./names.ts";

const MAX_THREADS = 8192;
const COMM_BYTES = 16;

/** The record's bytes as words: compared without making a bigint or a string. */
interface Known {
  readonly pid: number;
  readonly words: readonly [number, number, number, number, number, number];
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
    const startLow = view.getUint32(at + header.start, true);
    const startHigh = view.getUint32(at + header.start + 4, true);
    const a = view.getUint32(at + header.comm, true);
    const b = view.getUint32(at + header.comm + 4, true);
    const c = view.getUint32(at + header.comm + 8, true);
    const d = view.getUint32(at + header.comm + 12, true);
    const known = this.#byThread.get(tid);
    if (known !== undefined && known.pid === pid) {
      const w = known.words;
      const same = w[0] === startLow && w[1] === startHigh && w[2] === a && w[3] === b && w[4] === c &&
        w[5] === d;
      if (same) return known.actor;
    }
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at + header.comm, COMM_BYTES);
    const end = bytes.indexOf(0);
    const actor: Actor = {
      pid,
      tid,
      start: toMicros(this.#boot, startLow, startHigh),
      comm: toName(bytes.subarray(0, end < 0 ? COMM_BYTES : end)).text,
    };
    if (this.#byThread.size >= MAX_THREADS) this.#byThread.clear();
    this.#byThread.set(tid, { pid, words: [startLow, startHigh, a, b, c, d], actor });
    return actor;
  }
}
