/** Conversations whose history the provider keeps: rebuilt from the answers that were seen. */
import type { Message, Part } from "../event.ts";

/** Of a request's messages: all in it, put together with what was seen before, or with a beginning nobody saw. */
export type HistorySource = "sent" | "rebuilt" | "missing";

export interface Rebuilt {
  readonly messages: readonly Message[];
  readonly source: HistorySource;
}

export interface Remembered {
  /** What the request brought itself. */
  readonly own: readonly Message[];
  readonly previous: string | null;
  readonly parts: readonly Part[];
  /** What the two take in memory, about: on the wire they may be compressed a thousandfold. */
  readonly size: number;
}

/** The conversation up to and with one answer. */
interface Turn {
  readonly before: Turn | null;
  /** What the request added, and the answer. */
  readonly messages: readonly Message[];
  readonly size: number;
  /** From the beginning on. */
  readonly total: number;
  /** The beginning is missing. */
  readonly cut: boolean;
  /** Ids in the table, and turns that go on from this one. */
  holders: number;
}

const LIMITS = {
  /** Of all turns that are remembered. */
  bytes: 64 << 20,
  /** Of one conversation: a longer one loses its beginning. */
  conversation: 16 << 20,
};

export class History {
  readonly #limits: typeof LIMITS;
  /** By what a request calls it, oldest first. */
  readonly #turns = new Map<string, Turn>();
  #bytes = 0;

  constructor(limits: Partial<typeof LIMITS> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** `previous` is the id of the answer that the request goes on from; null when it has all its messages itself. */
  rebuild(own: readonly Message[], previous: string | null): Rebuilt {
    if (previous === null) return { messages: own, source: "sent" };
    const turn = this.#turns.get(previous);
    if (!turn) return { messages: own, source: "missing" };
    const blocks: (readonly Message[])[] = [own];
    for (let at: Turn | null = turn; at; at = at.before) blocks.push(at.messages);
    return { messages: blocks.reverse().flat(), source: turn.cut ? "missing" : "rebuilt" };
  }

  /** By the answer's id, and by that of a conversation, whose last answer it is from now on. */
  remember(ids: readonly string[], { own, previous, parts, size }: Remembered): void {
    if (ids.length === 0) return;
    const known = previous === null ? undefined : this.#turns.get(previous);
    const before = known && known.total + size <= this.#limits.conversation ? known : null;
    if (before) before.holders++;
    const answer: Message[] = parts.length === 0 ? [] : [{ role: "assistant", parts }];
    const turn: Turn = {
      before,
      messages: [...own, ...answer],
      size,
      total: (before?.total ?? 0) + size,
      cut: previous !== null && (before === null || before.cut),
      holders: ids.length,
    };
    this.#bytes += size;
    for (const id of ids) {
      this.#forget(id);
      this.#turns.set(id, turn);
    }
    for (const oldest of this.#turns.keys()) {
      if (this.#bytes <= this.#limits.bytes) break;
      this.#forget(oldest);
    }
  }

  #forget(id: string): void {
    let turn = this.#turns.get(id) ?? null;
    this.#turns.delete(id);
    // A turn lives as long as one that goes on from it.
    for (; turn && --turn.holders === 0; turn = turn.before) this.#bytes -= turn.size;
  }
}
