/** How calls follow each other: which one a request continues, and which failed one it repeats. */
import { createHash } from "node:crypto";
import type { Message, Part } from "../event.ts";
import { Recent } from "./recent.ts";

/** Enough for every conversation of a long recording that is still alive. */
const REMEMBERED = 8_192;

/** A request's place among the calls of its process. */
export interface Place {
  readonly continues: string | null;
  readonly retryOf: string | null;
  /** The hash of the conversation up to and with this request. */
  readonly chain: string;
}

export interface Asked {
  readonly id: string;
  /** Whose calls may be related: one process and API. */
  readonly scope: string;
  readonly messages: readonly Message[];
  readonly previousResponse: string | null;
  readonly bodyHash: string;
  /** The client says that it tries again. */
  readonly retry: boolean;
}

export interface Answered {
  readonly asked: Asked;
  readonly chain: string;
  readonly responseId: string | null;
  readonly parts: readonly Part[];
  readonly failed: boolean;
}

export class Lineage {
  /** The hash of a conversation up to and with an answer → the call that gave it. */
  readonly #conversations = new Recent<string>(REMEMBERED);
  readonly #responses = new Recent<string>(REMEMBERED);
  /** Failed calls by request body, and the last one of each scope. */
  readonly #failures = new Recent<string>(REMEMBERED);

  ask(asked: Asked): Place {
    let continues: string | null = null;
    let chain = "";
    for (const { role, parts } of asked.messages) {
      for (const part of parts) {
        chain = link(chain, { role, part });
        continues = this.#conversations.get(`${asked.scope} ${chain}`) ?? continues;
      }
    }
    if (asked.previousResponse !== null) {
      continues = this.#responses.get(asked.previousResponse) ?? continues;
    }
    const same = this.#failures.get(`${asked.scope} ${asked.bodyHash}`);
    const last = asked.retry ? this.#failures.get(asked.scope) : undefined;
    return { continues, retryOf: same ?? last ?? null, chain };
  }

  answer({ asked, chain, responseId, parts, failed }: Answered): void {
    const { scope, bodyHash, id } = asked;
    if (failed) {
      this.#failures.set(`${scope} ${bodyHash}`, id);
      this.#failures.set(scope, id);
    } else {
      this.#failures.delete(`${scope} ${bodyHash}`);
      this.#failures.delete(scope);
    }
    if (responseId !== null) this.#responses.set(responseId, id);
    const whole = parts.reduce((hash, part) => link(hash, { role: "assistant", part }), chain);
    if (whole !== chain) this.#conversations.set(`${scope} ${whole}`, id);
  }
}

/** Clients send answers back without reasoning and with spaces trimmed, split into messages as they like. */
function link(chain: string, atom: { role: string; part: Part }): string {
  const { role, part } = atom;
  if (part.type === "reasoning" || (part.type === "other" && /reasoning|thinking/.test(part.name))) {
    return chain;
  }
  const content = part.type === "text" ? part.content.trim() : JSON.stringify(part);
  if (content === "") return chain;
  return createHash("sha1").update(chain).update(`${role} ${part.type} ${content}`).digest("base64");
}
