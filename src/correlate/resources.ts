/** correlate: what each process tree uses, from samples of its processes and from what ended ones had used. */
import type { Sample, Samples } from "../capture/messages.ts";
import type { Draft, Event, Micros, ProcessExited, ResourcesUsed, SessionId } from "../event.ts";
import type { Member, Sessions } from "./sessions.ts";
import { TreeUsage } from "./tree_usage.ts";

const MAX_TREES = 16_384;
/** /proc has start times in whole ticks, records have them exactly. */
const TICK_US = 10_000;

export class Resources {
  readonly #sessions: Pick<Sessions, "member">;
  readonly #trees = new Map<SessionId, TreeUsage>();
  /** Without samples nothing is told, and nothing is to be remembered. */
  #sampling = false;

  constructor(sessions: Pick<Sessions, "member">) {
    this.#sessions = sessions;
  }

  /** The round that comes has samples, or one before had. */
  begin(): void {
    this.#sampling = true;
  }

  /** Events of a round, numbered. */
  observe(events: readonly Event[]): void {
    if (!this.#sampling) return;
    for (const event of events) {
      if (event.session === null) continue;
      const tree = this.#tree(event.session, event);
      if (event.kind === "process.exec") tree.renamed(actorOf(event));
      else if (event.kind === "process.exit") this.#exited(tree, event);
    }
  }

  /** Samples of a round, behind its events. Returns what is different once all processes were looked at. */
  looked({ list, last }: Samples, now: Micros): Draft<ResourcesUsed>[] {
    for (const sample of list) {
      const member = this.#sessions.member(sample.pid);
      if (member && isOf(sample, member)) this.#trees.get(member.session)?.sampled(sample);
    }
    if (!last) return [];
    for (const tree of this.#trees.values()) tree.looked();
    return this.changed(now);
  }

  /** What is different since it was told last. */
  changed(now: Micros): Draft<ResourcesUsed>[] {
    const drafts: Draft<ResourcesUsed>[] = [];
    for (const [session, tree] of this.#trees) {
      const draft = tree.take(now);
      if (draft) drafts.push(draft);
      else if (tree.isEmpty) this.#trees.delete(session);
    }
    return drafts;
  }

  #exited(tree: TreeUsage, exit: ProcessExited): void {
    const moved = tree.exited(exit);
    const parent = this.#sessions.member(exit.ppid);
    if (parent && !parent.ended) this.#trees.get(parent.session)?.waited(exit.ppid, moved);
  }

  #tree(session: SessionId, event: Event): TreeUsage {
    const known = this.#trees.get(session);
    if (known) return known;
    // A session begins with an event of its first process.
    const tree = new TreeUsage(actorOf(event), event.ts);
    this.#trees.set(session, tree);
    if (this.#trees.size > MAX_TREES) this.#trees.delete(this.#trees.keys().next().value!);
    return tree;
  }
}

/** Another process may have got the pid meanwhile. */
function isOf({ start }: Sample, member: Readonly<Member>): boolean {
  const after = member.start - start;
  return after > -TICK_US && after < 2 * TICK_US;
}

function actorOf({ pid, tid, start, comm }: Event) {
  return { pid, tid, start, comm };
}
