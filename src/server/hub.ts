import type { Event } from "../event.ts";
import { callRow } from "../store/call_row.ts";
import { LiveText } from "./live_text.ts";

/** What one slow client may hold back: about ten seconds of a busy agent. */
const FRAMES = 4096;
const BYTES = 4 * 1024 * 1024;

interface Frame {
  /** Null for live text, which cannot be resumed. */
  readonly seq: number | null;
  readonly text: string;
}

/** Numbers, both inclusive, of which some were meant for the client. */
export interface Missed {
  readonly first: number;
  readonly last: number;
}

/** One server-sent event. JSON has no line breaks, so one `data:` line is enough. */
export function frame(event: Event): Frame {
  const live = event.kind === "llm.delta";
  const data = JSON.stringify(event.kind === "llm.call" ? callRow(event) : event);
  const id = live ? "" : `id: ${event.seq}\n`;
  return { seq: live ? null : event.seq, text: `event: ${event.kind}\n${id}data: ${data}\n\n` };
}

/** Hands every event to every connected client. A client that is too slow reads the rest from the recording. */
export class Hub {
  readonly #clients = new Set<Client>();
  readonly #live = new LiveText();
  #closed = false;

  publish(events: readonly Event[]): void {
    for (const event of events) this.#live.observe(event);
    if (this.#clients.size === 0) return;
    const frames = events.map(frame);
    for (const client of this.#clients) client.push(frames);
  }

  subscribe(): Client {
    const client: Client = new Client(() => this.#clients.delete(client));
    if (this.#closed) {
      client.close();
      return client;
    }
    this.#clients.add(client);
    client.push(this.#live.deltas().map(frame));
    return client;
  }

  /** Ends every stream. */
  close(): void {
    this.#closed = true;
    for (const client of this.#clients) client.close();
  }
}

/** The bounded queue of one client. What has no room goes out first in, first out, and is noted. */
export class Client {
  #queue: Frame[] = [];
  #bytes = 0;
  #missed: Missed | null = null;
  #closed = false;
  #wake: (() => void) | null = null;
  readonly #leave: () => void;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  push(frames: readonly Frame[]): void {
    if (this.#closed) return;
    for (const frame of frames) {
      this.#queue.push(frame);
      this.#bytes += frame.text.length;
    }
    this.#dropOldest();
    this.#wake?.();
  }

  /** Resolves when there is something to send, the client left, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (this.#closed || !this.idle) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = null;
  }

  /** What comes before everything queued and had no room since the last time. */
  takeMissed(): Missed | null {
    const missed = this.#missed;
    this.#missed = null;
    return missed;
  }

  /** Everything queued, as text to send; events up to `seq` were sent before. */
  take(seq: number): string {
    const frames = this.#queue;
    this.#queue = [];
    this.#bytes = 0;
    return frames.filter((f) => f.seq === null || f.seq > seq).map((f) => f.text).join("");
  }

  get idle(): boolean {
    return this.#queue.length === 0 && this.#missed === null;
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#leave();
    this.#wake?.();
  }

  #dropOldest(): void {
    let drop = 0;
    while (
      this.#queue.length - drop > FRAMES || (this.#bytes > BYTES && this.#queue.length - drop > 1)
    ) {
      const dropped = this.#queue[drop++];
      this.#bytes -= dropped?.text.length ?? 0;
      const seq = dropped?.seq ?? null;
      if (seq !== null) this.#missed = { first: this.#missed?.first ?? seq, last: seq };
    }
    if (drop > 0) this.#queue.splice(0, drop);
  }
}
