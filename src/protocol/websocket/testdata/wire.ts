/** Frames as a sender writes them, and a WebSocket that is told what it carries. */
import { constants, createDeflateRaw } from "node:zlib";
import { concat } from "../../../bytes.ts";
import type { Actor, Micros } from "../../../event.ts";
import { MemoryBudget } from "../../byte_buffer.ts";
import type { Exchange, Role } from "../../exchange.ts";
import { LossCounter } from "../../losses.ts";
import type { Arrival } from "../../reassembly/byte_stream.ts";
import type { Direction } from "../../stream_record.ts";
import { WebSocketConversation } from "../conversation.ts";

export const ACTOR: Actor = { pid: 1, tid: 1, start: 0 as Micros, comm: "x" };
export const TAKEOVER = "permessage-deflate";
export const NO_TAKEOVER = "permessage-deflate; client_no_context_takeover; server_no_context_takeover";

export interface FrameOptions {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
}

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

export function frame(payload: Uint8Array | string, options: FrameOptions = {}): Uint8Array {
  const { opcode = 1, fin = true, rsv = 0, masked = false } = options;
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const { length } = bytes;
  const size = length > 0xffff ? 127 : length > 125 ? 126 : length;
  const extended = new DataView(new ArrayBuffer(8));
  extended.setBigUint64(0, BigInt(length));
  return concat([
    Uint8Array.of((fin ? 0x80 : 0) | rsv | opcode, (masked ? 0x80 : 0) | size),
    new Uint8Array(extended.buffer).subarray(size === 127 ? 0 : size === 126 ? 6 : 8),
    masked ? MASK : new Uint8Array(0),
    masked ? bytes.map((byte, at) => byte ^ MASK[at & 3]!) : bytes,
  ]);
}

/** Each text as one compressor with context takeover sends it. */
export async function deflated(texts: readonly string[]): Promise<Uint8Array[]> {
  const compressor = createDeflateRaw();
  let parts: Uint8Array[] = [];
  compressor.on("data", (bytes: Uint8Array) => void parts.push(bytes));
  const payloads: Uint8Array[] = [];
  for (const text of texts) {
    compressor.write(text);
    await new Promise<void>((resolve) => compressor.flush(constants.Z_SYNC_FLUSH, resolve));
    payloads.push(concat(parts).subarray(0, -4));
    parts = [];
  }
  compressor.destroy();
  return payloads;
}

export interface SocketOptions {
  readonly extensions?: string;
  readonly role?: Role;
  readonly limit?: number;
  readonly memory?: number;
}

/** One line for each thing observed: `client "text"`, `server ?"text"` when incomplete, `server gap 3`, `end`. */
export class ObservedSocket {
  readonly seen: string[] = [];
  readonly #losses = new LossCounter();
  readonly #budget: MemoryBudget;
  readonly #conversation: WebSocketConversation;
  #now = 0;

  constructor(options: SocketOptions = {}) {
    const { extensions, role = "client", limit = 1 << 20, memory = 8 << 20 } = options;
    this.#budget = new MemoryBudget(memory);
    this.#conversation = new WebSocketConversation(upgrade(role, extensions), {
      observeSocket: () => ({
        message: ({ from, binary, bytes, complete }) => {
          const text = binary ? `<${bytes.toHex()}>` : JSON.stringify(new TextDecoder().decode(bytes));
          this.seen.push(`${from} ${complete ? "" : "?"}${text}`);
        },
        gap: (from, count) => void this.seen.push(`${from} gap ${count}`),
        end: () => void this.seen.push("end"),
      }),
      losses: this.#losses,
      budget: this.#budget,
      messageLimit: limit,
    });
  }

  get memoryInUse(): number {
    return this.#budget.used;
  }

  /** One library call, seen in pieces of `size`. */
  data(dir: Direction, bytes: Uint8Array, { size = bytes.length } = {}): void {
    for (let from = 0; from < bytes.length; from += size) {
      const at: Arrival = { ts: ++this.#now as Micros, actor: ACTOR, callStart: from === 0 };
      this.#conversation.data(dir, bytes.subarray(from, from + size), at);
    }
  }

  gap(dir: Direction, count: number): void {
    this.#conversation.gap(dir, count, this.#now as Micros);
  }

  end(): void {
    this.#conversation.end(this.#now as Micros);
  }

  takeLosses(): string[] {
    return this.#losses.take().map(({ class: area, reason, count, unit }) =>
      `${area} ${reason}: ${count} ${unit}`
    );
  }
}

export function upgrade(role: Role, extensions?: string): Exchange {
  const headers = new Map(extensions === undefined ? [] : [["sec-websocket-extensions", extensions]]);
  return {
    conn: 1,
    transport: "tls",
    index: 1,
    role,
    actor: ACTOR,
    start: 0 as Micros,
    last: 0 as Micros,
    request: {
      head: { method: "GET", target: "/", version: "1.1", headers: new Map() },
      bytes: 0,
      gaps: 0,
      complete: true,
    },
    response: { head: { status: 101, version: "1.1", headers }, bytes: 0, gaps: 0, complete: true },
  };
}
