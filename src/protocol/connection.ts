/** One connection: waits until its protocol is known, then hands it over. */
import type { Micros } from "../event.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { type Choice, chooseProtocol } from "./choice.ts";
import type { ObserveExchange, Role } from "./exchange.ts";
import { Http1Connection } from "./http1/connection.ts";
import { Http2Connection } from "./http2/connection.ts";
import { FrameType } from "./http2/frame.ts";
import type { Start } from "./http2/frame_parser.ts";
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

/** Bytes of one direction that may become something known, with where they came from. */
interface Candidate {
  readonly bytes: ByteBuffer;
  /** `order` counts over both directions. */
  readonly pieces: { readonly length: number; readonly at: Arrival; readonly order: number }[];
  choice: Choice;
}

const MAX_CANDIDATE = 65_536;

type State =
  /** Nothing but a request line or a preface may come first; only a server of HTTP/2 may speak before. */
  | "starting"
  /** Joined in the middle or after a gap: a request line or frames at the start of any call decide. */
  | "searching"
  | "ignored";

export class Connection implements Conversation {
  readonly #conn: ConnId;
  readonly #transport: Transport;
  readonly #context: ConnectionContext;
  readonly #tunnelled: boolean;
  readonly #before: number;
  readonly #candidates: { send: Candidate | null; recv: Candidate | null } = { send: null, recv: null };
  #state: State;
  #protocol: Conversation | null = null;
  #strange = false;
  #pieces = 0;

  /** `before`: exchanges of the connection through which this one is tunnelled. */
  constructor(
    { conn, fromStart, transport = "tls", before }:
      & Partial<Opened>
      & Pick<Opened, "conn" | "fromStart">
      & { readonly before?: number },
    context: ConnectionContext,
  ) {
    this.#tunnelled = before !== undefined;
    this.#before = before ?? 0;
    this.#conn = conn;
    this.#transport = transport;
    this.#context = context;
    this.#state = fromStart ? "starting" : "searching";
  }

  data(dir: Direction, bytes: Uint8Array, at: Arrival): void {
    if (this.#protocol) return this.#protocol.data(dir, bytes, at);
    if (this.#state === "ignored") return;
    if (!this.#candidates[dir]) {
      if (!at.callStart) return this.#skip(bytes.length);
      this.#candidates[dir] = { bytes: new ByteBuffer(MAX_CANDIDATE), pieces: [], choice: "undecided" };
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

  #consider(dir: Direction, { bytes, at }: { bytes: Uint8Array; at: Arrival }): void {
    const candidate = this.#candidates[dir]!;
    const rest = candidate.bytes.append(bytes);
    candidate.pieces.push({ length: bytes.length - rest, at, order: this.#pieces++ });
    candidate.choice = chooseProtocol(candidate.bytes.view());
    this.#decide(dir, { isFull: rest > 0 });
    if (rest === 0) return;
    if (this.#protocol) this.#protocol.data(dir, bytes.subarray(-rest), { ...at, callStart: false });
    else if (this.#state !== "ignored") this.#skip(rest);
  }

  #decide(dir: Direction, { isFull }: { isFull: boolean }): void {
    const { choice, bytes } = this.#candidates[dir]!;
    const other = this.#candidates[opposite(dir)];
    const isStarting = this.#state === "starting";
    if (choice === "http2") return this.#speakHttp2(dir, { preface: true });
    if (choice === "http1") {
      return isStarting && other ? this.#ignore("other") : this.#speakHttp1(dir);
    }
    const framed = choice === "frame" || choice === "frames";
    if (framed && !isStarting && (choice === "frames" || other?.choice.startsWith("frame"))) {
      return this.#speakHttp2(dir, { preface: false });
    }
    const mayWait = framed && isStarting
      ? bytes.view()[3] === FrameType.settings
      : choice === "undecided" || framed;
    if (mayWait && !isFull) return;
    if (isStarting) return this.#ignore(choice);
    this.#seemsStrange();
    this.#forget(dir);
  }

  #speakHttp1(dir: Direction): void {
    const role: Role = dir === "send" ? "client" : "server";
    const inStep = this.#state === "starting";
    this.#forget(opposite(dir));
    const [conn, transport, before] = [this.#conn, this.#transport, this.#before];
    const tunnel = (exchanges: number) =>
      new Connection({ conn, fromStart: true, transport, before: exchanges }, this.#context);
    const options = { role, inStep, transport, before, tunnel, ...this.#context };
    this.#speak("http1", new Http1Connection(conn, options));
  }

  #speakHttp2(dir: Direction, { preface }: { preface: boolean }): void {
    const other = opposite(dir);
    const framed = this.#candidates[other]?.choice.startsWith("frame") ?? false;
    if (!framed) this.#forget(other);
    const start: Record<Direction, Start> = { send: "lost", recv: "lost" };
    start[dir] = preface ? "preface" : "header";
    if (framed || this.#state === "starting") start[other] = "header";
    const role: Role | null = preface ? (dir === "send" ? "client" : "server") : null;
    const options = { role, start, transport: this.#transport, before: this.#before, ...this.#context };
    this.#speak("http2", new Http2Connection(this.#conn, options));
  }

  #speak(name: "http1" | "http2", protocol: Conversation): void {
    this.#tell(name);
    this.#protocol = protocol;
    const pieces = (["send", "recv"] as const).flatMap((dir) => {
      const candidate = this.#candidates[dir];
      let from = 0;
      return (candidate?.pieces ?? []).map(({ length, at, order }) => {
        const bytes = candidate!.bytes.view().subarray(from, from += length);
        return { dir, bytes, at, order };
      });
    });
    this.#candidates.send = this.#candidates.recv = null;
    for (const { dir, bytes, at } of pieces.sort((a, b) => a.order - b.order)) protocol.data(dir, bytes, at);
  }

  /** Joined in the middle, it may still become something known. */
  #seemsStrange(): void {
    if (this.#strange) return;
    this.#strange = true;
    this.#tell("unknown");
  }

  #ignore(choice: Choice): void {
    this.#state = "ignored";
    this.#candidates.send = this.#candidates.recv = null;
    // What goes through a tunnel encrypted is seen where it is encrypted.
    if (this.#tunnelled && choice === "tls") return;
    this.#tell("other");
    this.#context.losses.event("protocol", "not-http");
  }

  /** A tunnel's connection has told already what it speaks. */
  #tell(protocol: Spoken["protocol"]): void {
    if (!this.#tunnelled) this.#context.spoke({ conn: this.#conn, protocol });
  }

  #forget(dir: Direction): void {
    this.#skip(this.#candidates[dir]?.bytes.length ?? 0);
    this.#candidates[dir] = null;
  }

  #skip(count: number): void {
    this.#context.losses.bytes("http", "unparsed", count);
  }
}

function opposite(dir: Direction): Direction {
  return dir === "send" ? "recv" : "send";
}
