/** The whole of the selected call. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Api, LlmCalled } from "../api.ts";

/** A conversation may be megabytes: few are kept. */
const MAX_KEPT = 10;

export class CallDetail {
  readonly #api: Api;
  readonly #kept = new Map<string, LlmCalled>();
  readonly #call = signal<LlmCalled | null>(null);
  #wanted: string | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Null while it is loading and when nothing is selected. */
  get call(): ReadonlySignal<LlmCalled | null> {
    return this.#call;
  }

  async open(id: string): Promise<void> {
    this.#wanted = id;
    this.#call.value = this.#kept.get(id) ?? null;
    if (this.#call.peek() !== null) return;
    const call = await this.#api.call(id);
    this.#kept.set(id, call);
    if (this.#kept.size > MAX_KEPT) {
      for (const oldest of this.#kept.keys()) {
        this.#kept.delete(oldest);
        break;
      }
    }
    if (this.#wanted === id) this.#call.value = call;
  }

  close(): void {
    this.#wanted = null;
    this.#call.value = null;
  }
}
