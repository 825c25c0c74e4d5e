import type { Event } from "../event.ts";
import { callRow } from "../store/call_row.ts";

/** What one slow client may hold back: about ten seconds of a busy agent. */
const FRAMES = 4096;
const BYTES = 4 * 1024 * 1024;

interface Frame {
  /** Null for live text, which cannot be resumed. */
  readonly seq: number | null;
  readonly text: string;
}

/** One server-sent event. JSON has no line breaks, so one `data:` line is enough. */
export function frame(event: Event): Frame {
  const live = event.kind === "llm.delta";
  const data = JSON.stringify(event.kind === "llm.call" ? callRow(event) : event);
  const id = live ? "" : `id: ${event.seq}\n`;
  return { seq: live ? null : event.seq, text: `event: ${event.kind}\n${id}data: ${data}\n\n` };
}

/** Hands every event to every connected client. A slow client loses its oldest events, and is told how many. */
export class Hub {
  readonly #clients = new Set<Client>();
  #closed = false;

  publish(events: readonly Event[]): void {
    if (this.#clients.size === 0) return;
    const frames = events.map(frame);
    for (const client of this.#clients) client.push(frames);
  }

  subscribe(): Client {
    const client: Client = new Client(() => this.#clients.delete(client));
    if (this.#closed) client.close();
    else this.#clients.add(client);
    return client;
  }

  /** Ends every stream. */
  close(): void {
    this.#closed = true;
    for (const client of this.#clients) client.close();
  }
}

/** The bounded queue of one client. */
export class Client {
  #queue: Frame[] = [];
  #bytes = 0;
  #dropped = 0;
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
    if (this.#closed || this.#queue.length > 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = null;
  }

  /** Everything queued, as text to send; events up to `seq` were sent before. */
  take(seq: number): string {
    const frames = this.#queue, dropped = this.#dropped;
    this.#queue = [];
    this.#bytes = this.#dropped = 0;
    const notice = dropped === 0 ? "" : `event: dropped\ndata: {"count":${dropped}}\n\n`;
    return notice + frames.filter((f) => f.seq === null || f.seq > seq).map((f) => f.text).join("");
  }

  get idle(): boolean {
    return this.#queue.length === 0;
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
      this.#bytes -= this.#queue[drop++]?.text.length ?? 0;
    }
    if (drop === 0) return;
    this.#queue.splice(0, drop);
    this.#dropped += drop;
  }
}
