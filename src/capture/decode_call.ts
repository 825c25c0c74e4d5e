/** Calls told by their arguments → drafts. Where the result comes in a record of its own, the draft waits for it. */
import type { Draft } from "../event.ts";
import { type CallFields, callKinds } from "./call_kinds.ts";
import { argumentPath, type RecordHead } from "./decode_file.ts";
import * as layout from "./layout.gen.ts";
import { CallOperation, RecordFlag } from "./layout.gen.ts";
import { type Name, toName } from "./names.ts";
import type { RecordReader } from "./record_reader.ts";

/** As many threads as the kernel follows within a call. */
const MAX_BEGUN = 32_768;

type Finish = (result: number | null, head: RecordHead) => Draft;

const withTwoPaths: ReadonlySet<number> = new Set([CallOperation.RENAME, CallOperation.LINK]);

export class Calls {
  /** By thread. */
  readonly #begun = new Map<number, Finish>();
  #orphans = 0;

  /** Null when its result is to come. */
  called(r: RecordReader, head: RecordHead): Draft | null {
    const fields = read(r);
    const kind = callKinds[r.u32(layout.call.operation)];
    if (!kind) return null;
    const finish: Finish = (result, at) => kind(fields, { ...at, result });
    if (!r.flag(RecordFlag.BEGUN)) return finish(Math.min(0, fields.returned), head);
    this.#begun.delete(head.tid);
    this.#begun.set(head.tid, finish);
    if (this.#begun.size > MAX_BEGUN) this.#forgetOldest();
    return null;
  }

  /** Null, and counted, when the call's beginning is not there. */
  returned(r: RecordReader, head: RecordHead): Draft | null {
    const finish = this.#begun.get(head.tid);
    if (!finish) {
      this.#orphans++;
      return null;
    }
    this.#begun.delete(head.tid);
    return finish(r.flag(RecordFlag.UNKNOWN) ? null : Math.min(0, r.i64(layout.result.result)), head);
  }

  /** Results whose call was not told, since the last call. */
  takeOrphans(): number {
    const count = this.#orphans;
    this.#orphans = 0;
    return count;
  }

  /** Its result will be an orphan, and counted then. */
  #forgetOldest(): void {
    for (const oldest of this.#begun.keys()) {
      this.#begun.delete(oldest);
      return;
    }
  }
}

function read(r: RecordReader): CallFields {
  r.seek(layout.call.size);
  const operation = r.u32(layout.call.operation);
  const size = r.u32(layout.call.path_size);
  const baseSize = r.u32(layout.call.base_size);
  const exact = r.flag(RecordFlag.PATH_EXACT);
  const path = exact ? r.path(size) : argumentPath(r, size, baseSize);
  const toSize = r.u32(layout.call.to_size);
  const to: Name = withTwoPaths.has(operation)
    ? argumentPath(r, toSize, r.u32(layout.call.to_base_size))
    : toName(r.take(toSize));
  const at = (n: number) => layout.call.value + 8 * n;
  return {
    operation,
    path,
    exact,
    bare: size === 0 && baseSize > 0,
    to,
    ints: [0, 1, 2, 3].map((n) => r.i32(at(n))),
    longs: [0, 1, 2, 3].map((n) => r.u64(at(n))),
    returned: r.i64(layout.call.result),
  };
}
