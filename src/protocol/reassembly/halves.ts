/**
 * Joins the two directions of connections that were seen at the crypto library, where each has a key of its own: the
 * socket says which belong together. A half waits for its socket, not for long; then it goes on alone.
 *
 * An answer may be known by its socket while the request is not yet, or never will be: it waits as long for one that
 * its process sent through nobody knows what, and then belongs to the only one there is.
 */
import type { Micros } from "../../event.ts";
import type { MemoryBudget } from "../byte_buffer.ts";
import type { LossCounter } from "../losses.ts";
import type { ConnId, StreamRecord } from "../stream_record.ts";
import {
  answering,
  asking,
  type Bind,
  type Data,
  type Half,
  isSame,
  type Open,
  socketOf,
  type Whole,
} from "./half.ts";

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
      if (first && now - first.ts >= PATIENCE_US) this.#goOn(half);
    }
    return this.#out;
  }

  #open(open: Open): void {
    const known = this.#halves.get(open.conn);
    if (known) this.#goOn(known);
    else if (this.#halves.size >= LIMITS.halves) {
      const [oldest, half] = this.#halves.entries().next().value!;
      this.#goOn(half);
      this.#halves.delete(oldest);
      this.#losses.event("connection", "evicted");
    }
    const fresh = { waiting: [], waitingBytes: 0, bond: null, whole: null, base: 0, dir: null };
    this.#halves.set(open.conn, { open, ...fresh });
  }

  #data(half: Half, record: Data): void {
    half.dir ??= record.dir;
    if (half.whole) return this.#pass(half, half.whole, record);
    // A copy: the caller's buffer may be reused after this batch.
    half.waiting.push({ ...record, bytes: record.bytes.slice() });
    const granted = this.#budget.take(record.bytes.length);
    half.waitingBytes += granted;
    // Without room to wait, what there is goes on alone: unpaired is better than lost.
    if (granted < record.bytes.length) this.#goOn(half);
  }

  #bind(half: Half, bind: Bind): void {
    if (half.bond) return;
    half.bond = bind;
    half.dir = bind.dir;
    const unsettled = half.whole ? [] : [half];
    if (half.whole) {
      this.#place(half.whole, bind);
      this.#out.push({ ...bind, conn: half.whole.conn });
    }
    const same = this.#same(half);
    const unknown = asking(same).length > 0;
    if (bind.dir === "recv") {
      if (!unknown || this.#placed(bind)) this.#settle(unsettled);
      return;
    }
    const socket = socketOf(bind);
    const answers = answering(same);
    this.#settle([...unsettled, ...answers.filter(({ bond }) => socketOf(bond!) === socket)]);
    if (unknown) return;
    for (const answer of answers) if (!answer.whole) this.#settle([answer]);
  }

  /** Without waiting any longer. */
  #goOn(half: Half): void {
    if (half.whole || half.waiting.length === 0) return;
    if (!half.bond) return this.#settle([half]);
    const same = this.#same(half);
    const [asked, ...others] = asking(same);
    if (!asked || others.length > 0 || answering(same).length > 1) return this.#settle([half]);
    // Its socket stays unknown: this is no second word for the first one, and a better one may come.
    if (asked.whole) this.#place(asked.whole, half.bond);
    this.#settle(asked.whole ? [half] : [asked, half]);
  }

  /** Those of its process. */
  #same({ open: { actor } }: Half): Half[] {
    return this.#halves.values().filter(({ open }) => isSame(open.actor, actor)).toArray();
  }

  #placed(bind: Bind): Whole | undefined {
    const whole = this.#bySocket.get(socketOf(bind));
    return whole?.closed.has(bind.dir) ? undefined : whole;
  }

  #place(whole: Whole, bind: Bind): void {
    if (this.#placed(bind)) return;
    if (this.#bySocket.size >= LIMITS.sockets) this.#bySocket.delete(this.#bySocket.keys().next().value!);
    this.#bySocket.set(socketOf(bind), whole);
  }

  /** Halves of one connection go on with what waited, in the order it was captured. */
  #settle(halves: readonly Half[]): void {
    const [first] = halves;
    if (!first) return;
    const bond = halves.find(({ bond }) => bond)?.bond;
    const whole = (bond && this.#placed(bond)) || this.#begin(first);
    if (bond) this.#place(whole, bond);
    for (const half of halves) {
      half.dir ??= half.waiting[0]!.dir;
      half.whole = whole;
      whole.answered ||= half.dir === "recv";
      half.base = whole.ends[half.dir];
      if (half.bond) this.#out.push({ ...half.bond, conn: whole.conn });
      this.#budget.give(half.waitingBytes);
      half.waitingBytes = 0;
    }
    halves.flatMap((half) => half.waiting.splice(0).map((record) => ({ half, record })))
      .sort((a, b) => a.record.ts - b.record.ts)
      .forEach(({ half, record }) => this.#pass(half, whole, record));
  }

  #begin({ open }: Half): Whole {
    const { half: _half, ...record } = open;
    this.#out.push(record);
    return { conn: open.conn, ends: { send: 0, recv: 0 }, closed: new Set(), answered: false };
  }

  #pass({ base }: Half, whole: Whole, record: Data): void {
    const pos = base + record.pos;
    whole.ends[record.dir] = Math.max(whole.ends[record.dir], pos + record.bytes.length);
    this.#out.push({ ...record, conn: whole.conn, pos });
  }

  /** A direction ended; the connection with it when the other one did too. */
  #close(half: Half, record: Extract<StreamRecord, { type: "close" }>): void {
    this.#goOn(half);
    this.#halves.delete(half.open.conn);
    if (!half.whole || !half.dir) return;
    half.whole.closed.add(half.dir);
    if (half.dir === "send" && !half.whole.closed.has("recv")) return;
    this.#out.push({ ...record, conn: half.whole.conn });
  }

  #exit(record: Extract<StreamRecord, { type: "exit" }>): void {
    const ending = this.#halves.values().filter(({ open }) => isSame(open.actor, record)).toArray();
    // An answer that waits may take a request with it.
    for (const half of [...answering(ending), ...ending]) {
      this.#goOn(half);
      this.#halves.delete(half.open.conn);
    }
    const process = `${record.pid}:${record.start}:`;
    for (const name of this.#bySocket.keys()) if (name.startsWith(process)) this.#bySocket.delete(name);
    this.#out.push(record);
  }
}
