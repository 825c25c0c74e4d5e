/** How calls follow each other: which one a request continues, and which failed one it repeats. */
import type { Message, Part } from "../event.ts";
import { atom } from "./atom.ts";
import { type Chain, closed, extended, NOTHING_SAID } from "./chain.ts";
import { Recent } from "./recent.ts";
import { Rewritten } from "./rewritten.ts";
import { Spawned } from "./spawned.ts";

/** Enough for every conversation of a long recording that is still alive. */
const REMEMBERED = 8_192;

/** A request's place among the calls of its process. */
export interface Place {
  readonly continues: string | null;
  /** Messages that are new since the call it continues; null when it continues none. */
  readonly appended: number | null;
  /** The history before them is shorter than it was. */
  readonly compacted: boolean;
  readonly retryOf: string | null;
  /** The first call of the thread: what is continued has the same. */
  readonly thread: string;
  /** The tool use whose input became this thread's first message. */
  readonly spawnedBy: string | null;
  /** The conversation up to and with this request. */
  readonly chain: Chain;
}

export interface Asked {
  readonly id: string;
  /** Whose calls may be related: one process and API. */
  readonly scope: string;
  /** With the history that the provider keeps. */
  readonly messages: readonly Message[];
  /** How many of them the request itself has. */
  readonly own: number;
  readonly previousResponse: string | null;
  readonly bodyHash: string;
  /** The client says that it tries again. */
  readonly retry: boolean;
}

export interface Answered {
  readonly asked: Asked;
  readonly place: Place;
  /** What the provider calls the answer. */
  readonly ids: readonly string[];
  readonly parts: readonly Part[];
  readonly failed: boolean;
}

interface Thread {
  readonly thread: string;
  readonly spawnedBy: string | null;
}

type Origin = Pick<Place, "continues" | "appended" | "compacted">;

const NEW: Origin = { continues: null, appended: null, compacted: false };

export class Lineage {
  /** The hash of a conversation up to and with an answer → the call that gave it. */
  readonly #conversations = new Recent<string>(REMEMBERED);
  readonly #responses = new Recent<string>(REMEMBERED);
  /** Failed calls by request body, and the last one of each scope. */
  readonly #failures = new Recent<string>(REMEMBERED);
  readonly #threads = new Recent<Thread>(REMEMBERED);
  readonly #rewritten = new Rewritten();
  readonly #spawned = new Spawned();

  ask(asked: Asked): Place {
    const { scope, id, messages } = asked;
    const { chain, origin } = this.#kept(asked);
    const { continues, appended, compacted } = origin ?? this.#rewritten.find(scope, messages) ?? NEW;
    const same = this.#failures.get(`${scope} ${asked.bodyHash}`);
    const last = asked.retry ? this.#failures.get(scope) : undefined;
    const retryOf = same ?? last ?? null;
    const before = continues ?? retryOf;
    const known = before === null ? undefined : this.#threads.get(before);
    const spawnedBy = known ? known.spawnedBy : this.#spawned.by(scope, messages);
    const thread = { thread: known?.thread ?? id, spawnedBy };
    this.#threads.set(id, thread);
    return { continues, appended, compacted, retryOf, ...thread, chain };
  }

  answer({ asked, place, ids, parts, failed }: Answered): void {
    const { scope, bodyHash, id, messages } = asked;
    if (failed) {
      this.#failures.set(`${scope} ${bodyHash}`, id);
      this.#failures.set(scope, id);
    } else {
      this.#failures.delete(`${scope} ${bodyHash}`);
      this.#failures.delete(scope);
    }
    for (const known of ids) this.#responses.set(known, id);
    const before = closed(place.chain);
    const whole = closed(parts.reduce((chain, part) => extended(chain, "assistant", part), place.chain));
    if (whole !== before) this.#conversations.set(`${scope} ${whole}`, id);
    this.#rewritten.answered(scope, { id, position: messages.length, parts, atoms: parts.map(atom) });
    this.#spawned.answered(scope, parts);
  }

  /** What the request continues with nothing changed before. */
  #kept({ scope, messages, own, previousResponse }: Asked): { chain: Chain; origin: Origin | null } {
    let origin: Origin | null = null;
    let chain = NOTHING_SAID;
    let said = 0;
    const look = (hash: string, index: number) => {
      const continues = this.#conversations.get(`${scope} ${hash}`);
      if (continues === undefined) return;
      origin = { continues, appended: messages.length - index - 1, compacted: false };
    };
    messages.forEach(({ role, parts }, index) => {
      for (const part of parts) {
        const next = extended(chain, role, part);
        if (next === chain) continue;
        if (next.text === "") {
          if (chain.text !== "") look(closed(chain), said);
          look(next.hash, index);
        }
        said = index;
        chain = next;
      }
    });
    if (chain.text !== "") look(closed(chain), said);
    const answered = previousResponse === null ? undefined : this.#responses.get(previousResponse);
    if (answered !== undefined && !origin) origin = { continues: answered, appended: own, compacted: false };
    return { chain, origin };
  }
}
