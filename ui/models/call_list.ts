/** The calls of the chosen session: what the server holds, what arrives, and what a search finds. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Api, CallRow, SearchHit, SessionId } from "../api.ts";
import { mergeNewest } from "./bounded_rows.ts";

export const MAX_CALLS = 2000;
const PAGE = 500;
const MAX_HITS = 100;

export interface Search {
  readonly text: string;
  readonly hits: readonly SearchHit[];
}

export class CallList {
  readonly #api: Api;
  readonly #rows = signal<readonly CallRow[]>([]);
  readonly #hasOlder = signal(false);
  readonly #loaded = signal(false);
  readonly #search = signal<Search | null>(null);
  #session: SessionId | null = null;
  #generation = 0;
  #searches = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Newest first. */
  get rows(): ReadonlySignal<readonly CallRow[]> {
    return this.#rows;
  }
  get hasOlder(): ReadonlySignal<boolean> {
    return this.#hasOlder;
  }
  get loaded(): ReadonlySignal<boolean> {
    return this.#loaded;
  }
  /** The last search that was answered; null shows all calls. */
  get search(): ReadonlySignal<Search | null> {
    return this.#search;
  }

  /** The newest page, merged with what arrived meanwhile. */
  async load(session: SessionId | null): Promise<void> {
    const generation = ++this.#generation;
    if (session !== this.#session) {
      this.#session = session;
      this.#rows.value = [];
      this.#loaded.value = false;
      await this.find(this.#search.peek()?.text ?? "");
    }
    const page = await this.#api.calls({ session, limit: PAGE });
    if (generation !== this.#generation) return;
    batch(() => {
      this.#merge(page);
      this.#hasOlder.value = page.length === PAGE || this.#rows.peek().length > page.length;
      this.#loaded.value = true;
    });
  }

  async loadOlder(): Promise<void> {
    const oldest = this.#rows.peek().at(-1);
    if (oldest === undefined) return;
    const generation = this.#generation;
    const page = await this.#api.calls({ session: this.#session, before: oldest.seq, limit: PAGE });
    if (generation !== this.#generation) return;
    batch(() => {
      this.#merge(page);
      this.#hasOlder.value = page.length === PAGE;
    });
  }

  /** Full-text search in the chosen session, on the server; an empty text ends it. Only the last one is shown. */
  async find(text: string): Promise<void> {
    const query = text.trim();
    const search = ++this.#searches;
    if (query === "") {
      this.#search.value = null;
      return;
    }
    const hits = await this.#api.search(query, { session: this.#session, limit: MAX_HITS });
    if (search === this.#searches) this.#search.value = { text: query, hits };
  }

  add(rows: readonly CallRow[]): void {
    this.#merge(this.#session === null ? rows : rows.filter((row) => row.session === this.#session));
  }

  #merge(rows: readonly CallRow[]): void {
    this.#rows.value = mergeNewest(this.#rows.peek(), rows, MAX_CALLS);
  }
}
