/** The messages of one direction of a WebSocket: frames joined, and inflated. */
import { ByteBuffer, type MemoryBudget } from "../byte_buffer.ts";
import type { Role, SocketMessage } from "../exchange.ts";
import type { LossCounter } from "../losses.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import { BINARY, CLOSE, CONTINUATION, type FrameHead, isControl, RSV1 } from "./frame.ts";
import type { FrameSink } from "./frame_parser.ts";
import { MessageInflater } from "./message_inflater.ts";

export interface MessagesOptions {
  readonly from: Role;
  /** Whether compressed messages refer to earlier ones; null when none may be compressed. */
  readonly takeover: boolean | null;
  readonly limit: number;
  readonly budget: MemoryBudget;
  readonly losses: LossCounter;
  readonly message: (message: SocketMessage) => void;
  readonly gap: (count: number) => void;
  /** The side said that nothing follows. */
  readonly closed: () => void;
}

interface Open {
  readonly binary: boolean;
  readonly compressed: boolean;
  /** Something is missing: no more of it is kept. */
  damaged: boolean;
}

/** What the payload of the current frame is. */
type Payload = "message" | "control" | "close" | "orphan";

/** Buffers of larger messages are not kept for the next one. */
const KEPT_BUFFER = 65_536;

export class Messages implements FrameSink {
  readonly #options: MessagesOptions;
  readonly #inflater: MessageInflater | null;
  readonly #buffer: ByteBuffer;
  #open: Open | null = null;
  #payload: Payload = "control";
  #fin = false;
  #last: Arrival | null = null;

  constructor(options: MessagesOptions) {
    this.#options = options;
    const { takeover, limit, budget } = options;
    this.#inflater = takeover === null ? null : new MessageInflater({ takeover, budget });
    this.#buffer = new ByteBuffer(limit, budget);
  }

  head(head: FrameHead, at: Arrival): void {
    if (isControl(head)) {
      this.#payload = head.opcode === CLOSE ? "close" : "control";
      return;
    }
    this.#last = at;
    this.#fin = head.fin;
    if (head.opcode !== CONTINUATION) this.#start(head);
    else if (!this.#open) this.#inflater?.forget();
    else if (head.rsv !== 0) this.#unknownExtension();
    // The beginning of a message that nobody saw is missing.
    this.#payload = this.#open ? "message" : "orphan";
  }

  payload(bytes: Uint8Array, at: Arrival): void {
    if (this.#payload === "orphan") return this.#options.losses.bytes("websocket", "unparsed", bytes.length);
    if (this.#payload !== "message") return;
    const open = this.#open!;
    this.#last = at;
    if (open.damaged) return;
    if (!open.compressed) this.#keep(bytes);
    else if (!this.#inflater!.push(bytes, this.#keep)) this.#undecodable();
  }

  payloadGap(count: number): void {
    if (this.#payload === "control" || this.#payload === "close") return;
    if (this.#open) this.#open.damaged = true;
    this.#options.gap(count);
  }

  end(): void {
    if (this.#payload === "close") return this.#options.closed();
    if (this.#payload === "message" && this.#fin) this.#finish();
  }

  lost(missing: number): void {
    this.giveUp();
    this.#inflater?.forget();
    this.#options.gap(missing);
  }

  unparsed(count: number): void {
    this.#options.losses.bytes("websocket", "unparsed", count);
  }

  /** Tells the message that was being read as it is. */
  giveUp(): void {
    if (!this.#open) return;
    this.#open.damaged = true;
    this.#finish();
  }

  close(): void {
    this.#inflater?.close();
    this.#buffer.release();
  }

  #start(head: FrameHead): void {
    this.giveUp();
    const understood = this.#inflater ? RSV1 : 0;
    const compressed = this.#inflater !== null && (head.rsv & RSV1) !== 0;
    this.#open = { binary: head.opcode === BINARY, compressed, damaged: false };
    if ((head.rsv & ~understood) !== 0) this.#unknownExtension();
  }

  readonly #keep = (bytes: Uint8Array): boolean => {
    const all = this.#buffer.append(bytes) === 0;
    if (!all) {
      this.#open!.damaged = true;
      this.#options.losses.event("websocket", "too-large");
    }
    return all;
  };

  #undecodable(): void {
    if (this.#open!.damaged) return; // told as too large
    this.#open!.damaged = true;
    this.#options.losses.event("websocket", "undecodable");
  }

  #unknownExtension(): void {
    if (this.#open!.damaged) return;
    this.#open!.damaged = true;
    this.#options.losses.event("websocket", "unknown-extension");
  }

  #finish(): void {
    const open = this.#open!;
    if (open.compressed) {
      if (open.damaged) this.#inflater!.forget();
      else if (!this.#inflater!.finish(this.#keep)) this.#undecodable();
    }
    this.#open = null;
    const { ts, actor } = this.#last!;
    const { from, message } = this.#options;
    message({ from, binary: open.binary, bytes: this.#buffer.view(), complete: !open.damaged, ts, actor });
    if (this.#buffer.length > KEPT_BUFFER) this.#buffer.release();
    else this.#buffer.clear();
  }
}
