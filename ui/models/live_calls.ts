/** Calls that are being answered right now: their text as it arrives. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LlmDelta, SessionId } from "../../src/event.ts";

export interface LiveCall {
  readonly id: string;
  readonly session: SessionId | null;
  readonly pid: number;
  /** Start of the process. */
  readonly start: number;
  readonly comm: string;
  /** Time of the first text. */
  readonly since: number;
  /** The end of the answer so far, at most {@link MAX_TEXT} characters. */
  readonly text: ReadonlySignal<string>;
}

/** The whole text comes with the finished call; until then the end of it is kept. */
export const MAX_TEXT = 32_768;
const MAX_LIVE = 200;

export class LiveCalls {
  readonly #calls = new Map<string, { readonly call: LiveCall; readonly text: Signal<string> }>();
  readonly #list = signal<readonly LiveCall[]>([]);

  /** Newest first. */
  get list(): ReadonlySignal<readonly LiveCall[]> {
    return this.#list;
  }

  get(id: string): LiveCall | null {
    return this.#calls.get(id)?.call ?? null;
  }

  addText(delta: LlmDelta): void {
    const known = this.#calls.get(delta.id);
    if (known !== undefined) {
      known.text.value = (known.text.peek() + delta.text).slice(-MAX_TEXT);
      return;
    }
    const text = signal(delta.text.slice(-MAX_TEXT));
    const { id, session, pid, start, comm, ts } = delta;
    this.#calls.set(id, { call: { id, session, pid, start, comm, since: ts, text }, text });
    if (this.#calls.size > MAX_LIVE) {
      for (const oldest of this.#calls.keys()) {
        this.#calls.delete(oldest);
        break;
      }
    }
    this.#publish();
  }

  finish(id: string): void {
    if (this.#calls.delete(id)) this.#publish();
  }

  clear(): void {
    this.#calls.clear();
    this.#publish();
  }

  #publish(): void {
    this.#list.value = [...this.#calls.values()].map(({ call }) => call).reverse();
  }
}
