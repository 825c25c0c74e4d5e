/** Conversations whose history the provider keeps: rebuilt from the answers that were seen. */
import type { Message, Part } from "../event.ts";
import { Recent } from "./recent.ts";

/** Of a request's messages: all in it, put together with what was seen before, or with a beginning nobody saw. */
export type HistorySource = "sent" | "rebuilt" | "missing";

export interface Rebuilt {
  readonly messages: readonly Message[];
  readonly source: HistorySource;
}

/** The conversation up to and with one answer. */
interface Turn {
  readonly before: Turn | null;
  /** What the request added, and the answer. */
  readonly messages: readonly Message[];
  /** Messages from the beginning on. */
  readonly count: number;
  /** The beginning is missing. */
  readonly cut: boolean;
}

const REMEMBERED = 4_096;
/** A conversation longer than this loses its beginning, so that one that never ends cannot take all memory. */
const LONGEST = 20_000;

export class History {
  readonly #turns = new Recent<Turn>(REMEMBERED);

  /** `previous` is the id of the answer that the request goes on from; null when it has all its messages itself. */
  rebuild(own: readonly Message[], previous: string | null): Rebuilt {
    if (previous === null) return { messages: own, source: "sent" };
    const turn = this.#turns.get(previous);
    if (!turn) return { messages: own, source: "missing" };
    const blocks: (readonly Message[])[] = [own];
    for (let at: Turn | null = turn; at; at = at.before) blocks.push(at.messages);
    return { messages: blocks.reverse().flat(), source: turn.cut ? "missing" : "rebuilt" };
  }

  remember(
    id: string,
    turn: { own: readonly Message[]; previous: string | null; parts: readonly Part[] },
  ): void {
    const { own, previous, parts } = turn;
    const known = previous === null ? null : this.#turns.get(previous) ?? null;
    const before = known && known.count < LONGEST ? known : null;
    const answer: Message[] = parts.length === 0 ? [] : [{ role: "assistant", parts }];
    const messages = [...own, ...answer];
    const cut = previous !== null && (before === null || before.cut);
    this.#turns.set(id, { before, messages, count: (before?.count ?? 0) + messages.length, cut });
  }
}
