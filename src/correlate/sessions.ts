/** correlate: which agent process tree an event belongs to. */
import type { Draft, Micros, SessionId } from "../event.ts";

/** Enough for every process a tree still has, and the ended ones whose last events are on their way. */
const MAX_PROCESSES = 65_536;
const INIT = 1;

export interface Member {
  readonly session: SessionId;
  readonly start: Micros;
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
    if (draft.kind === "process.fork") this.#add(draft.child, { session, start: draft.child_start });
    else if (draft.kind === "process.exit") this.#end(draft.pid, draft.start);
    return session;
  }

  /** The process that has the pid, or had it last. */
  member(pid: number): Readonly<Member> | undefined {
    return this.#members.get(pid);
  }

  #lookup(pid: number, start: Micros): SessionId | null {
    const member = this.#members.get(pid);
    return member?.start === start ? member.session : null;
  }

  #join(draft: Draft): SessionId {
    const parent = draft.kind === "process.running" && draft.ppid > INIT
      ? this.#members.get(draft.ppid)
      : undefined;
    const session = parent && !parent.ended && parent.start <= draft.start
      ? parent.session
      : `${draft.start.toString(36)}-${draft.pid}` as SessionId;
    this.#add(draft.pid, { session, start: draft.start });
    return session;
  }

  #add(pid: number, { session, start }: { session: SessionId; start: Micros }): void {
    this.#members.delete(pid);
    this.#members.set(pid, { session, start, ended: false });
    if (this.#members.size > MAX_PROCESSES) this.#forgetOldest();
  }

  #end(pid: number, start: Micros): void {
    const member = this.#members.get(pid);
    if (member?.start === start) member.ended = true;
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
