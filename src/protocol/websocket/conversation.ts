/** What follows the exchange that opened a WebSocket, whichever version of HTTP it was. */
import type { Micros } from "../../event.ts";
import type { MemoryBudget } from "../byte_buffer.ts";
import type { Exchange, ObserveSocket, Role, SocketObserver } from "../exchange.ts";
import type { LossCounter } from "../losses.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import type { Conversation } from "../reassembly/connections.ts";
import type { Direction } from "../stream_record.ts";
import { RSV1 } from "./frame.ts";
import { FrameParser } from "./frame_parser.ts";
import { deflateTerms } from "./handshake.ts";
import { Messages } from "./messages.ts";

export interface WebSocketOptions {
  readonly observeSocket: ObserveSocket;
  readonly losses: LossCounter;
  readonly budget: MemoryBudget;
  /** Bytes of one message, inflated. */
  readonly messageLimit: number;
}

interface Side {
  readonly frames: FrameParser;
  readonly messages: Messages;
  closed: boolean;
}

export class WebSocketConversation implements Conversation {
  readonly #options: WebSocketOptions;
  readonly #observer: SocketObserver;
  readonly #sides: Readonly<Record<Direction, Side>>;
  #last: Micros;
  #ended = false;

  /** `upgrade` has ended, with an answer that accepts. */
  constructor(upgrade: Exchange, options: WebSocketOptions) {
    this.#options = options;
    this.#last = upgrade.last;
    this.#observer = options.observeSocket(upgrade);
    const terms = upgrade.response.head ? deflateTerms(upgrade.response.head) : null;
    const side = (from: Role) => this.#side(from, terms?.takeover[from] ?? null);
    this.#sides = upgrade.role === "client"
      ? { send: side("client"), recv: side("server") }
      : { send: side("server"), recv: side("client") };
  }

  data(dir: Direction, bytes: Uint8Array, at: Arrival): void {
    this.#last = at.ts;
    this.#sides[dir].frames.push(bytes, at);
  }

  gap(dir: Direction, count: number, ts: Micros): void {
    this.#last = ts;
    this.#sides[dir].frames.gap(count);
  }

  /** At least `count` bytes are missing, and how many more is not known. */
  lose(dir: Direction, count: number, ts: Micros): void {
    this.#last = ts;
    this.#sides[dir].frames.lose(count);
  }

  end(ts: Micros): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { frames, messages } of Object.values(this.#sides)) {
      frames.stop();
      messages.giveUp();
      messages.close();
    }
    this.#observer.end(ts);
  }

  #side(from: Role, takeover: boolean | null): Side {
    const { losses, budget, messageLimit: limit } = this.#options;
    const messages = new Messages({
      from,
      takeover,
      limit,
      budget,
      losses,
      message: (message) => this.#observer.message(message),
      gap: (count) => this.#observer.gap(from, count),
      closed: () => this.#closed(side),
    });
    const rsv = takeover === null ? 0 : RSV1;
    const side = {
      frames: new FrameParser(messages, { masked: from === "client", rsv }),
      messages,
      closed: false,
    };
    return side;
  }

  /** Both sides say goodbye; then the WebSocket has ended, although its connection may stay. */
  #closed(side: Side): void {
    side.closed = true;
    side.frames.stop();
    side.messages.giveUp();
    if (this.#sides.send.closed && this.#sides.recv.closed) this.end(this.#last);
  }
}
