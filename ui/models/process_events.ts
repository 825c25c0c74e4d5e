/** The file, network and process events of the selected process, page by page, then live. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type { Api, Event, ProcessRow } from "../api.ts";
import { processKey } from "./process_tree.ts";

export const MAX_EVENTS = 2000;
const PAGE = 200;
const KINDS: readonly string[] = ["process.*", "file.*", "net.*", "dns.*", "mcp.*", "coverage"];

export class ProcessEvents {
  readonly #api: Api;
  readonly #events = signal<readonly Event[]>([]);
  readonly #next = signal<number | null>(null);
  readonly #loading = signal(false);
  #process: ProcessRow | null = null;
  #waiting: Event[] = [];
  #generation = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Oldest first. */
  get events(): ReadonlySignal<readonly Event[]> {
    return this.#events;
  }
  /** Not null when the server has more. */
  get next(): ReadonlySignal<number | null> {
    return this.#next;
  }
  get loading(): ReadonlySignal<boolean> {
    return this.#loading;
  }

  async open(process: ProcessRow): Promise<void> {
    this.#process = process;
    this.#waiting = [];
    batch(() => {
      this.#events.value = [];
      this.#next.value = 0;
    });
    await this.loadMore();
  }

  close(): void {
    this.#generation++;
    this.#process = null;
  }

  async loadMore(): Promise<void> {
    const process = this.#process;
    const after = this.#next.peek();
    if (process === null || after === null) return;
    const generation = ++this.#generation;
    this.#loading.value = true;
    try {
      const page = await this.#api.events({ kind: KINDS, pid: process.pid, after, limit: PAGE });
      if (generation !== this.#generation) return;
      batch(() => {
        this.#next.value = page.next;
        this.#append(page.events);
      });
    } finally {
      if (generation === this.#generation) this.#loading.value = false;
    }
  }

  /** Live events are shown once every stored page is. */
  apply(event: Event): void {
    if (this.#process === null || this.#next.peek() !== null || !shown(event)) return;
    this.#waiting.push(event);
  }

  publish(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#append(waiting);
  }

  /** A page is asked for by pid: a process that had the same pid before or after is left out. */
  #append(events: readonly Event[]): void {
    const process = this.#process;
    if (process === null) return;
    const last = this.#events.peek().at(-1)?.seq ?? 0;
    const own = events.filter((event) => event.seq > last && processKey(event) === processKey(process));
    if (own.length > 0) this.#events.value = [...this.#events.peek(), ...own].slice(-MAX_EVENTS);
  }
}

function shown({ kind }: Event): boolean {
  return KINDS.some((pattern) =>
    pattern === kind || (pattern.endsWith("*") && kind.startsWith(pattern.slice(0, -1)))
  );
}
