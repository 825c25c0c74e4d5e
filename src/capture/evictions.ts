/**
 * Connections that the kernel's maps threw out for newer ones: what comes of them later is told as joined in the middle.
 * An entry that was made, not deleted, and is not there was thrown out.
 */
import type { BpfMap } from "../../ffi/bpf_map.ts";
import type { Counters } from "./counters.ts";
import { Turnover } from "./layout.gen.ts";
import type { Loss } from "./messages.ts";

/** Only then is looked: going through a map takes some 20 ms. */
const NEARLY_FULL = 0.75;
const LOOK_MS = 1000;

type Bytes = Uint8Array<ArrayBuffer>;
type Table = Pick<BpfMap, "keys" | "delete" | "maxEntries">;

interface Watched {
  readonly table: Table;
  readonly keyBytes: number;
  readonly made: number;
  readonly deleted: number;
  readonly lost: Omit<Loss, "count">;
  /** Whether what the entry is of has ended without anybody deleting it; absent: that cannot be known. */
  readonly isOver?: (key: Bytes) => boolean;
  /** When `made` was this, all was accounted for. */
  seen: number;
  lookedAt: number;
  /** Deleted by us. */
  cleaned: number;
  told: number;
}

export interface EvictionsOptions {
  readonly counters: Pick<Counters, "read" | "total">;
  /** TLS connections, by object and process. */
  readonly connections: Table;
  /** Sockets and pipes that may carry plain text. */
  readonly streams: Table;
  readonly isRunning: (pid: number) => boolean;
}

export class Evictions {
  readonly #counters: Pick<Counters, "read" | "total">;
  readonly #watched: readonly Watched[];

  constructor({ counters, connections, streams, isRunning }: EvictionsOptions) {
    const fresh = { seen: 0, lookedAt: -Infinity, cleaned: 0, told: 0 };
    this.#counters = counters;
    this.#watched = [
      {
        ...fresh,
        table: connections,
        keyBytes: 16,
        made: Turnover.CONNS_MADE,
        deleted: Turnover.CONNS_DELETED,
        lost: { class: "tls", reason: "too many connections at once to follow", unit: "events" },
        // Who ends with a connection open does not free it.
        isOver: (key) => !isRunning(new Uint32Array(key.buffer)[2]!),
      },
      {
        ...fresh,
        table: streams,
        keyBytes: 16,
        made: Turnover.STREAMS_MADE,
        deleted: Turnover.STREAMS_DELETED,
        lost: { class: "plain", reason: "too many streams at once to follow", unit: "events" },
      },
    ];
  }

  /** What was thrown out since the last call. `now` in ms; the counters have just been read. */
  take(now: number): Loss[] {
    return this.#watched.flatMap((watched) => this.#look(watched, now));
  }

  #look(watched: Watched, now: number): Loss[] {
    const { table, made: index, deleted, lost } = watched;
    const made = this.#counters.total(index);
    const there = made - this.#counters.total(deleted) - watched.cleaned - watched.told;
    if (made === watched.seen || there < NEARLY_FULL * table.maxEntries) return [];
    if (now - watched.lookedAt < LOOK_MS) return [];
    watched.lookedAt = now;
    watched.seen = made;
    const keys = Array.from(table.keys(watched.keyBytes), (key) => key.slice());
    // What went while we looked may have been counted as there: never is more told than was thrown out.
    this.#counters.read();
    const gone = made - this.#counters.total(deleted) - watched.cleaned - keys.length;
    this.#clean(watched, keys);
    const count = gone - watched.told;
    if (count <= 0) return [];
    watched.told += count;
    return [{ ...lost, count }];
  }

  #clean(watched: Watched, keys: readonly Bytes[]): void {
    const { table, isOver } = watched;
    if (isOver) { for (const key of keys) if (isOver(key) && table.delete(key)) watched.cleaned++; }
  }
}
