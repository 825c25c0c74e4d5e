/** Messages over stdio wait until it is known who reads them and, of answers, what they answer: not for long. */
import type { Actor, Micros } from "../event.ts";
import { same } from "./stdio_pairs.ts";
import type { Line, StdioStream } from "./stdio_stream.ts";

/** Records of two CPUs reach the ring within milliseconds of each other: a hole this old will not be filled. */
const HOLE_LIFETIME_US = 500_000;
/**
 * Whoever asked reads the answer soon: then it is known whom it answers. And a write is seen when it returns, which may
 * be after the answer to it.
 */
const PATIENCE_US = 2_000_000;
const MAX_WAITING = 256;

export interface Followed {
  readonly stream: StdioStream;
  /** Messages whose reader was not seen yet, answers whose request was not, and what came after them. */
  readonly waiting: Line[];
  /** Waiting was in vain: it is not tried again before an answer finds its request. */
  resigned: boolean;
  /** Who wrote last has ended. */
  deserted: boolean;
}

interface Options {
  readonly tell: (stream: StdioStream, line: Line) => void;
  readonly opposite: (stream: StdioStream) => readonly StdioStream[];
}

export class StdioWaiting {
  readonly #options: Options;
  /** Those that wait for something: a record before a hole, or a request. */
  readonly #stuck = new Set<Followed>();
  #looking = false;
  #again = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Tells the line now, or when what it waits for is there. */
  line(followed: Followed, line: Line): void {
    const { stream, waiting, resigned } = followed;
    if (resigned || stream.ended || (waiting.length === 0 && this.#isClear(followed, line))) {
      return this.#options.tell(stream, line);
    }
    if (waiting.push(line) >= MAX_WAITING) this.#resign(followed);
    this.watch(followed);
  }

  /** Something became known. `late`: nothing is waited for any more. */
  tell(followed: Followed, { late } = { late: false }): void {
    const { stream, waiting } = followed;
    while (waiting[0] && (late || this.#isClear(followed, waiting[0]))) {
      this.#options.tell(stream, waiting.shift()!);
    }
    this.watch(followed);
  }

  /** A request was told: answers may wait for it. What they let through may be requests, and is not nested. */
  asked(): void {
    this.#again = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#again) {
      this.#again = false;
      for (const followed of this.#stuck) this.tell(followed);
    }
    this.#looking = false;
  }

  /** Who writes has read what was written to it: what is still missing there was lost. */
  wrote(actor: Actor): void {
    for (const { stream } of this.#stuck) if (same(stream.reader, actor)) stream.settle();
  }

  watch(followed: Followed): void {
    if (followed.waiting.length > 0 || followed.stream.heldSince !== null) this.#stuck.add(followed);
    else this.#stuck.delete(followed);
  }

  flush(now: Micros): void {
    for (const followed of this.#stuck) {
      const { stream, waiting } = followed;
      const since = stream.heldSince;
      if (since !== null && now - since >= HOLE_LIFETIME_US) stream.settle();
      const [first] = waiting;
      if (first && now - first.ts >= PATIENCE_US) this.#resign(followed);
      this.watch(followed);
    }
  }

  /** Whether nothing has to be waited for: who reads it is known, and of an answer the request. */
  #isClear(followed: Followed, { message }: Line): boolean {
    const { stream } = followed;
    if (stream.dir === "send" && stream.reader === null) return false;
    if (message.type === "request" || message.type === "notification" || message.id === null) return true;
    const clear = this.#options.opposite(stream).some(({ requests }) => requests.has(message.id));
    if (clear) followed.resigned = false;
    return clear;
  }

  #resign(followed: Followed): void {
    followed.resigned = true;
    this.tell(followed, { late: true });
  }
}
