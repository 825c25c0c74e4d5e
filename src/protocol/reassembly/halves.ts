/**
 * Joins the two directions of connections that were seen at the crypto library, where each has a key of its own: the
 * socket says which belong together. A half waits for its socket, not for long; then it goes on alone.
 */
import type { Micros } from "../../event.ts";
import type { MemoryBudget } from "../byte_buffer.ts";
import type { LossCounter } from "../losses.ts";
import type { ConnId, Direction, StreamRecord } from "../stream_record.ts";

type Open = Extract<StreamRecord, { type: "open" }>;
type Data = Extract<StreamRecord, { type: "data" }>;
type Bind = Extract<StreamRecord, { type: "bind" }>;

/** A connection of two halves; known by the id of the first. */
interface Whole {
  readonly conn: ConnId;
  /** Where the next key's bytes go on: keys change within a connection. */
  readonly ends: Record<Direction, number>;
  readonly closed: Set<Direction>;
}

interface Half {
  readonly open: Open;
  readonly waiting: Data[];
  /** Taken from the budget. */
  waitingBytes: number;
  whole: Whole | null;
  /** Position of this half's first byte in the whole's direction. */
  base: number;
  dir: Direction | null;
}

const LIMITS = { halves: 4096, sockets: 4096 };
/** The send follows the encryption at once, unless the socket's buffer is full. */
const PATIENCE_US = 2_000_000;

export class Halves {
  readonly #losses: LossCounter;
  readonly #budget: MemoryBudget;
  /** Oldest first. */
  readonly #halves = new Map<ConnId, Half>();
  readonly #bySocket = new Map<string, Whole>();
  #out: StreamRecord[] = [];

  constructor({ losses, budget }: { readonly losses: LossCounter; readonly budget: MemoryBudget }) {
    this.#losses = losses;
    this.#budget = budget;
  }

  /** What the record becomes: itself, nothing yet, or what waited for it. */
  push(record: StreamRecord): readonly StreamRecord[] {
    this.#out = [];
    if (record.type === "open" && record.half) this.#open(record);
    else if (record.type === "exit") this.#exit(record);
    else {
      const half = this.#halves.get(record.conn);
      if (!half) this.#out.push(record);
      else if (record.type === "data") this.#data(half, record);
      else if (record.type === "bind") this.#bind(half, record);
      else if (record.type === "close") this.#close(half, record);
    }
    return this.#out;
  }

  /** Halves that waited too long go on alone. */
  flush(now: Micros): readonly StreamRecord[] {
    this.#out = [];
    for (const half of this.#halves.values()) {
      const [first] = half.waiting;
      if (first && now - first.ts >= PATIENCE_US) this.#goAlone(half);
    }
    return this.#out;
  }

  #open(open: Open): void {
    const known = this.#halves.get(open.conn);
    if (known) this.#goAlone(known);
    else if (this.#halves.size >= LIMITS.halves) {
      const [oldest, half] = this.#halves.entries().next().value!;
      this.#goAlone(half);
      this.#halves.delete(oldest);
      this.#losses.event("connection", "evicted");
    }
    this.#halves.set(open.conn, { open, waiting: [], waitingBytes: 0, whole: null, base: 0, dir: null });
  }

  #data(half: Half, record: Data): void {
    half.dir ??= record.dir;
    if (half.whole) return this.#pass(half, half.whole, record);
    // A copy: the caller's buffer may be reused after this batch.
    half.waiting.push({ ...record, bytes: record.bytes.slice() });
    const granted = this.#budget.take(record.bytes.length);
    half.waitingBytes += granted;
    // Without room to wait, what there is goes on alone: unpaired is better than lost.
    if (granted < record.bytes.length) this.#goAlone(half);
  }

  #bind(half: Half, bind: Bind): void {
    if (half.whole) return;
    const { actor, socket, localPort } = bind;
    const name = `${actor.pid}:${actor.start}:${socket}:${localPort}`;
    let whole = this.#bySocket.get(name);
    if (!whole || whole.closed.has(bind.dir)) {
      whole = this.#begin(half);
      if (this.#bySocket.size >= LIMITS.sockets) {
        this.#bySocket.delete(this.#bySocket.keys().next().value!);
      }
      this.#bySocket.set(name, whole);
    }
    this.#join(half, whole, bind.dir);
    this.#out.push({ ...bind, conn: whole.conn });
  }

  #goAlone(half: Half): void {
    if (half.whole || half.waiting.length === 0) return;
    this.#join(half, this.#begin(half), half.waiting[0]!.dir);
  }

  #begin({ open }: Half): Whole {
    const { half: _half, ...record } = open;
    this.#out.push(record);
    return { conn: open.conn, ends: { send: 0, recv: 0 }, closed: new Set() };
  }

  #join(half: Half, whole: Whole, dir: Direction): void {
    half.whole = whole;
    half.dir = dir;
    half.base = whole.ends[dir];
    for (const record of half.waiting.splice(0)) this.#pass(half, whole, record);
    this.#budget.give(half.waitingBytes);
    half.waitingBytes = 0;
  }

  #pass({ base }: Half, whole: Whole, record: Data): void {
    const pos = base + record.pos;
    whole.ends[record.dir] = Math.max(whole.ends[record.dir], pos + record.bytes.length);
    this.#out.push({ ...record, conn: whole.conn, pos });
  }

  /** A direction ended; the connection with it when the other one did too. */
  #close(half: Half, record: Extract<StreamRecord, { type: "close" }>): void {
    this.#goAlone(half);
    this.#halves.delete(half.open.conn);
    if (!half.whole || !half.dir) return;
    half.whole.closed.add(half.dir);
    if (half.dir === "send" && !half.whole.closed.has("recv")) return;
    this.#out.push({ ...record, conn: half.whole.conn });
  }

  #exit(record: Extract<StreamRecord, { type: "exit" }>): void {
    const process = `${record.pid}:${record.start}:`;
    for (const [conn, half] of this.#halves) {
      const { actor } = half.open;
      if (actor.pid !== record.pid || actor.start !== record.start) continue;
      this.#goAlone(half);
      this.#halves.delete(conn);
    }
    for (const name of this.#bySocket.keys()) if (name.startsWith(process)) this.#bySocket.delete(name);
    this.#out.push(record);
  }
}
