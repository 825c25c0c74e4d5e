/** correlate: which agent process tree an event belongs to. */
import type { Draft, Micros, SessionId } from "../event.ts";

/** Enough for every process a tree still has, and the ended ones whose last events are on their way. */
const MAX_PROCESSES = 65_536;
const INIT = 1;
/** Where the kernel lists no processes, /proc has their start times in whole ticks; records have them exactly. */
const TICK_US = 10_000;

export interface Member {
  readonly session: SessionId;
  readonly start: Micros;
  /** It ran already: its start may be a tick early. */
  readonly listed: boolean;
  ended: boolean;
}

/**
 * A tree's root is the first process of it that came into view, and gives the session its id. Later members are found
 * by fork; a process that ran already belongs to its parent's session when that is known.
 */
export class Sessions {
  /** By pid; a reused pid has another start and replaces the process that had it. */
  readonly #members = new Map<number, Member>();

  /** The session of an event; an event of an unknown process starts one. Loss that nobody caused has none. */
  of(draft: Draft): SessionId | null {
    if (draft.pid === 0) return null;
    const session = this.#lookup(draft.pid, draft.start) ?? this.#join(draft);
    if (draft.kind === "process.fork") {
      this.#add(draft.child, { session, start: draft.child_start, listed: false });
    } else if (draft.kind === "process.exit") this.#end(draft.pid, draft.start);
    return session;
  }

  /** The process that has the pid, or had it last. */
  member(pid: number): Readonly<Member> | undefined {
    return this.#members.get(pid);
  }

  #lookup(pid: number, start: Micros): SessionId | null {
    const member = this.#members.get(pid);
    return member && isOf(member, start) ? member.session : null;
  }

  #join(draft: Draft): SessionId {
    const parent = draft.kind === "process.running" && draft.ppid > INIT
      ? this.#members.get(draft.ppid)
      : undefined;
    const session = parent && !parent.ended && parent.start <= draft.start
      ? parent.session
      : `${draft.start.toString(36)}-${draft.pid}` as SessionId;
    this.#add(draft.pid, { session, start: draft.start, listed: draft.kind === "process.running" });
    return session;
  }

  #add(pid: number, member: Omit<Member, "ended">): void {
    this.#members.delete(pid);
    this.#members.set(pid, { ...member, ended: false });
    if (this.#members.size > MAX_PROCESSES) this.#forgetOldest();
  }

  #end(pid: number, start: Micros): void {
    const member = this.#members.get(pid);
    if (member && isOf(member, start)) member.ended = true;
  }

  /** Ended processes first; a running one only when there is no other. */
  #forgetOldest(): void {
    let oldest: number | undefined;
    for (const [pid, member] of this.#members) {
      oldest ??= pid;
      if (!member.ended) continue;
      oldest = pid;
      break;
    }
    if (oldest !== undefined) this.#members.delete(oldest);
  }
}

function isOf(member: Member, start: Micros): boolean {
  const after = start - member.start;
  return after === 0 || (member.listed && after > 0 && after < TICK_US);
}
