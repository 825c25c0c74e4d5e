/** One connection: waits until its protocol is known, then hands it over. */
import type { Micros } from "../event.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { chooseProtocol } from "./choice.ts";
import type { ObserveExchange, Role } from "./exchange.ts";
import { Http1Connection } from "./http1/connection.ts";
import type { Arrival } from "./reassembly/byte_stream.ts";
import type { Conversation, Opened } from "./reassembly/connections.ts";
import type { ConnId, Direction, Transport } from "./stream_record.ts";
import type { WebSocketOptions } from "./websocket/conversation.ts";

/** What the first bytes of a connection turned out to be. */
export interface Spoken {
  readonly conn: ConnId;
  /** `unknown`: joined in the middle, and nothing known yet. */
  readonly protocol: "http1" | "http2" | "other" | "unknown";
}

export interface ConnectionContext extends WebSocketOptions {
  readonly observe: ObserveExchange;
  readonly spoke: (spoken: Spoken) => void;
}

/** Bytes of one direction that may become a request line, with where they came from. */
interface Candidate {
  readonly bytes: ByteBuffer;
  readonly pieces: { readonly length: number; readonly at: Arrival }[];
}

const MAX_CANDIDATE = 65_536;

type State =
  /** Nothing but a request line may come first. */
  | "starting"
  /** Joined in the middle or after a gap: a request line at the start of any call decides. */
  | "searching"
  | "ignored";

export class Connection implements Conversation {
  readonly #conn: ConnId;
  readonly #transport: Transport;
  readonly #context: ConnectionContext;
  readonly #candidates: { send: Candidate | null; recv: Candidate | null } = { send: null, recv: null };
  #state: State;
  #protocol: Conversation | null = null;
  #strange = false;

  constructor({ conn, fromStart, transport = "tls" }: Opened, context: ConnectionContext) {
    this.#conn = conn;
    this.#transport = transport;
    this.#context = context;
    this.#state = fromStart ? "starting" : "searching";
  }

  data(dir: Direction, bytes: Uint8Array, at: Arrival): void {
    if (this.#protocol) return this.#protocol.data(dir, bytes, at);
    if (this.#state === "ignored") return;
    const other = dir === "send" ? "recv" : "send";
    if (this.#state === "starting" && this.#candidates[other]) return this.#ignore("not-http");
    if (!this.#candidates[dir]) {
      if (!at.callStart) return this.#skip(bytes.length);
      this.#candidates[dir] = { bytes: new ByteBuffer(MAX_CANDIDATE), pieces: [] };
    }
    this.#consider(dir, { bytes, at });
  }

  gap(dir: Direction, count: number, ts: Micros): void {
    if (this.#protocol) return this.#protocol.gap(dir, count, ts);
    if (this.#state === "ignored") return;
    this.#state = "searching";
    this.#forget(dir);
  }

  end(ts: Micros, clean: boolean): void {
    if (this.#protocol) return this.#protocol.end(ts, clean);
    this.#forget("send");
    this.#forget("recv");
  }

  #consider(dir: Direction, piece: { bytes: Uint8Array; at: Arrival }): void {
    const candidate = this.#candidates[dir]!;
    const { bytes, at } = piece;
    const rest = candidate.bytes.append(bytes);
    candidate.pieces.push({ length: bytes.length - rest, at });
    const choice = chooseProtocol(candidate.bytes.view());
    if (choice === "undecided") return;
    if (choice === "http2") return this.#ignore("http2");
    if (choice === "other") {
      if (this.#state === "starting") return this.#ignore("not-http");
      this.#seemsStrange();
      this.#skip(rest);
      return this.#forget(dir);
    }
    this.#candidates[dir] = null;
    this.#forget(dir === "send" ? "recv" : "send");
    this.#speakHttp1(dir, candidate);
    if (rest > 0) this.#protocol!.data(dir, bytes.subarray(-rest), { ...at, callStart: false });
  }

  #speakHttp1(dir: Direction, candidate: Candidate): void {
    const role: Role = dir === "send" ? "client" : "server";
    const inStep = this.#state === "starting";
    this.#context.spoke({ conn: this.#conn, protocol: "http1" });
    const protocol = new Http1Connection(this.#conn, {
      role,
      inStep,
      transport: this.#transport,
      ...this.#context,
    });
    this.#protocol = protocol;
    let from = 0;
    for (const { length, at } of candidate.pieces) {
      protocol.data(dir, candidate.bytes.view().subarray(from, from + length), at);
      from += length;
    }
  }

  /** Joined in the middle, it may still become something known. */
  #seemsStrange(): void {
    if (this.#strange) return;
    this.#strange = true;
    this.#context.spoke({ conn: this.#conn, protocol: "unknown" });
  }

  #ignore(reason: "http2" | "not-http"): void {
    this.#state = "ignored";
    this.#context.spoke({ conn: this.#conn, protocol: reason === "http2" ? "http2" : "other" });
    this.#context.losses.event("protocol", reason);
    this.#candidates.send = this.#candidates.recv = null;
  }

  #forget(dir: Direction): void {
    this.#skip(this.#candidates[dir]?.bytes.length ?? 0);
    this.#candidates[dir] = null;
  }

  #skip(count: number): void {
    this.#context.losses.bytes("http", "unparsed", count);
  }
}
