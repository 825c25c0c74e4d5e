/** All state of the page, and the one place where the stream meets it. */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Api, type EventPage, type Info, NEWEST, type SessionId } from "../api.ts";
import type { Connection, StreamItem } from "../stream.ts";
import { CallDetail } from "./call_detail.ts";
import { CallList } from "./call_list.ts";
import { Coverage } from "./coverage.ts";
import { LiveCalls } from "./live_calls.ts";
import { MARK_KINDS, Marks } from "./marks.ts";
import { Notices } from "./notices.ts";
import { ProcessEvents } from "./process_events.ts";
import { ProcessList } from "./process_list.ts";
import { parseRoute, type Route } from "./route.ts";
import { sessionChoices } from "./sessions.ts";
import { Timeline } from "./timeline.ts";
import { Totals } from "./totals.ts";

const EVENT_PAGE = 1000;
/** Items that wait for an answer: some seconds of a busy trace. Beyond it they are dropped and counted. */
const MAX_HELD = 50_000;
/** Enough pages to fill the timeline's marks once. */
const MARK_PAGES = 5;

export class App {
  readonly #api: Api;
  readonly info = signal<Info | null>(null);
  readonly connection = signal<Connection | "none">("none");
  /** Events that the server or this page had no room for. */
  readonly dropped = signal(0);
  readonly session = signal<SessionId | null>(null);
  readonly route = signal<Route>(parseRoute(""));
  readonly notices = new Notices();
  readonly totals = new Totals();
  readonly live = new LiveCalls();
  readonly processes = new ProcessList();
  readonly marks = new Marks();
  readonly coverage = new Coverage();
  readonly calls: CallList;
  readonly callDetail: CallDetail;
  readonly processEvents: ProcessEvents;
  readonly timeline: Timeline;
  #stale = false;
  #missed = false;
  /** What came while an answer that may have counted it was awaited; null while none is. */
  #held: StreamItem[] | null = null;

  constructor(api: Api) {
    this.#api = api;
    this.calls = new CallList(api);
    this.callDetail = new CallDetail(api);
    this.processEvents = new ProcessEvents(api);
    this.timeline = new Timeline({
      roots: this.roots,
      calls: this.calls.rows,
      live: this.liveShown,
      summary: this.totals.summary,
    });
    effect(() => this.#openSelected());
    effect(() => this.#openProcess());
  }

  readonly sessions = computed(() => sessionChoices(this.processes.rows.value, this.calls.rows.value));

  /** The trees of the chosen session. */
  readonly roots = computed(() => {
    const session = this.session.value;
    const roots = this.processes.roots.value;
    return session === null ? roots : roots.filter(({ row }) => row.session === session);
  });

  /** What the last search found; null shows all calls. */
  readonly hits = computed(() => this.calls.search.value?.hits ?? null);

  readonly liveShown: ReadonlySignal<LiveCalls["list"]["value"]> = computed(() => {
    const session = this.session.value;
    const list = this.live.list.value;
    return session === null ? list : list.filter((call) => call.session === session);
  });

  /** Asks what this server shows. A failure is a notice, here and below. */
  async greet(): Promise<boolean> {
    return await this.notices.guard("reach the recording", async () => {
      this.info.value = await this.#api.info();
    });
  }

  /** Loads what is there, or again what changed. */
  async load(): Promise<boolean> {
    return await this.notices.guard("read the recording", async () => {
      await this.#holding(async () => {
        const [summary, processes] = await Promise.all([
          this.#api.summary(),
          this.#api.processes(),
          this.calls.load(this.session.peek()),
        ]);
        batch(() => {
          this.totals.load(summary);
          this.processes.load(processes);
        });
      });
      await this.#loadMarks();
    });
  }

  chooseSession(session: SessionId | null): void {
    this.session.value = session;
    void this.notices.guard("read the calls", () => this.calls.load(session));
  }

  loadOlderCalls(): Promise<boolean> {
    return this.notices.guard("read older calls", () => this.calls.loadOlder());
  }

  search(text: string): Promise<boolean> {
    return this.notices.guard("search", () => this.calls.find(text));
  }

  loadMoreEvents(): Promise<boolean> {
    return this.notices.guard("read the process's events", () => this.processEvents.loadMore());
  }

  /**
   * The summary again, if anything happened since: it corrects what was counted here. All lists again, if events
   * were dropped.
   */
  async refresh(): Promise<void> {
    if (!this.#stale) return;
    this.#stale = false;
    if (this.#missed) {
      this.#missed = false;
      await this.load();
      return;
    }
    await this.notices.guard("read the summary", async () => {
      await this.#holding(async () => this.totals.load(await this.#api.summary()));
    });
  }

  /** Counts as of one moment must not be loaded over what happened after it: that waits for them. */
  async #holding(load: () => Promise<void>): Promise<void> {
    this.#held ??= [];
    try {
      await load();
    } finally {
      const held = this.#held ?? [];
      this.#held = null;
      if (held.length > 0) this.apply(held);
    }
  }

  /** One batch of the stream, one render. */
  apply(items: readonly StreamItem[]): void {
    this.#stale = true;
    if (this.#held !== null) {
      const room = MAX_HELD - this.#held.length;
      this.#held.push(...items.slice(0, room));
      const count = items.length - room;
      if (count > 0) this.#applyItem({ type: "dropped", count });
      return;
    }
    batch(() => {
      const rows = items.flatMap((item) => item.type === "call" ? [item.row] : []);
      for (const item of items) this.#applyItem(item);
      if (rows.length > 0) this.calls.add(rows);
      this.totals.publish();
      this.processes.publish();
      this.marks.publish();
      this.processEvents.publish();
    });
  }

  #applyItem(item: StreamItem): void {
    if (item.type === "dropped") {
      this.dropped.value += item.count;
      this.#missed = true;
    } else if (item.type === "call") {
      this.live.finish(item.row.id);
      this.totals.addCall(item.row);
      this.processes.addCall(item.row);
    } else {
      const { event } = item;
      if (event.kind === "llm.delta") return this.live.addText(event);
      if (event.kind === "coverage") this.coverage.apply(event);
      this.totals.apply(event);
      this.processes.apply(event);
      this.marks.apply(event);
      this.processEvents.apply(event);
    }
  }

  /** The newest first: what has no room is old. */
  async #loadMarks(): Promise<void> {
    const coverage = await this.#api.events({ kind: ["coverage"], before: NEWEST, limit: EVENT_PAGE });
    for (const event of coverage.events) if (event.kind === "coverage") this.coverage.apply(event);
    let before: number | null = NEWEST;
    for (let page = 0; page < MARK_PAGES && before !== null; page++) {
      const { events, next }: EventPage = await this.#api.events({
        kind: MARK_KINDS,
        before,
        limit: EVENT_PAGE,
      });
      for (const event of events) this.marks.apply(event);
      this.marks.publish();
      before = next;
    }
    if (before !== null) this.marks.older.value = true;
  }

  #openSelected(): void {
    const id = this.#selectedCall.value;
    if (id === null) {
      this.callDetail.close();
      this.notices.clear("read the call");
    } else {
      void this.notices.guard("read the call", () => this.callDetail.open(id));
    }
  }

  #openProcess(): void {
    const key = this.#selectedProcess.value;
    const row = key === null ? undefined : this.processes.byKey.peek().get(key);
    if (row === undefined) this.processEvents.close();
    else void this.notices.guard("read the process's events", () => this.processEvents.open(row));
  }

  /** Null while the call is in progress: it is opened when it is finished. */
  readonly #selectedCall = computed(() => {
    const { tab, item } = this.route.value;
    if (tab !== "calls" || item === null) return null;
    return this.live.list.value.some((call) => call.id === item) ? null : item;
  });

  readonly #selectedProcess = computed(() => {
    const { tab, item } = this.route.value;
    if (tab !== "processes" || item === null) return null;
    return this.processes.byKey.value.has(item) ? item : null;
  });
}
