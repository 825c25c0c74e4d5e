/** The text so far of calls in progress, for a client that comes in the middle of an answer. */
import type { Event, LlmDelta } from "../event.ts";

const CALLS = 200;
/** Characters kept of one call: its end, as much as the page shows. */
const TEXT = 32_768;

export class LiveText {
  readonly #calls = new Map<string, LlmDelta>();

  observe(event: Event): void {
    if (event.kind === "llm.call") this.#calls.delete(event.id);
    if (event.kind !== "llm.delta") return;
    const known = this.#calls.get(event.id);
    // The head of the first one: its time is when the answer began.
    this.#calls.set(event.id, { ...(known ?? event), text: ((known?.text ?? "") + event.text).slice(-TEXT) });
    if (this.#calls.size <= CALLS) return;
    const [oldest] = this.#calls.keys();
    if (oldest !== undefined) this.#calls.delete(oldest);
  }

  /** One for each call, in the order in which they began. */
  deltas(): readonly LlmDelta[] {
    return [...this.#calls.values()];
  }
}
