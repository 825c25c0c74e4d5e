/** One direction of an HTTP/1 connection: bytes in, heads and body ranges out. Any split gives the same result. */
import { latin1 } from "../../bytes.ts";
import type { Micros } from "../../event.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import { ChunkedBody } from "./chunked.ts";
import type { Framing } from "./framing.ts";
import { type Dialect, firstLine, parseHead } from "./head.ts";

export interface MessageSink<H> {
  /** `first` is the arrival of the message's first byte. Decides where the body ends. */
  head(head: H, first: Arrival): Framing;
  body(bytes: Uint8Array, ts: Micros): void;
  bodyGap(count: number): void;
  /** `complete`: the framing said so. */
  end(ts: Micros, complete: boolean): void;
  /** The parser looks for the next message start; `missing` bytes in front of a head are known to be lost. */
  lost(missing: number): void;
  /** Bytes that belong to no message that could be read. */
  unparsed(count: number): void;
}

const MAX_HEAD = 65_536;
/** Heads are copied in steps, so that a body in the same record is not copied with them. */
const HEAD_STEP = 2_048;
/** More of a start line than this is only looked at once it is whole. */
const MAX_PREFIX = 256;

type State =
  | { readonly kind: "head" }
  | { readonly kind: "length"; left: number }
  | { readonly kind: "chunked"; readonly chunks: ChunkedBody }
  | { readonly kind: "close" }
  /** Out of step: only the start of a library call can be the start of a message. */
  | { readonly kind: "lost" }
  | { readonly kind: "stopped" };

export class MessageParser<H> {
  readonly #dialect: Dialect<H>;
  readonly #sink: MessageSink<H>;
  readonly #head = new ByteBuffer(MAX_HEAD);
  #state: State;
  #first: Arrival | null = null;
  /** Where the line that is being read starts in the head. */
  #line = 0;

  constructor(dialect: Dialect<H>, options: { sink: MessageSink<H>; inStep: boolean }) {
    this.#dialect = dialect;
    this.#sink = options.sink;
    this.#state = { kind: options.inStep ? "head" : "lost" };
  }

  get inStep(): boolean {
    return this.#state.kind !== "lost";
  }

  /** How many bytes were read: all of them, unless the sink stopped this parser. */
  push(bytes: Uint8Array, at: Arrival): number {
    if (this.#state.kind === "lost" && at.callStart) this.#state = { kind: "head" };
    let from = 0;
    while (from < bytes.length && this.#state.kind !== "stopped") from = this.#read(bytes, from, at);
    return from;
  }

  gap(count: number, ts: Micros): void {
    const state = this.#state;
    switch (state.kind) {
      case "head":
        return this.#lose(count);
      case "length": {
        const mine = Math.min(count, state.left);
        this.#sink.bodyGap(mine);
        state.left -= mine;
        if (state.left === 0) this.#end(ts, true);
        if (mine < count) this.#lose(count - mine);
        return;
      }
      case "chunked":
        this.#sink.bodyGap(count);
        if (!state.chunks.gap(count)) this.#break(ts);
        return;
      case "close":
        this.#sink.bodyGap(count);
    }
  }

  /** The stream ended; `clean` when it was closed in order. Nothing may follow. */
  end(ts: Micros, clean: boolean): void {
    const { kind } = this.#state;
    if (kind === "head") this.#drop();
    else if (kind !== "lost" && kind !== "stopped") this.#end(ts, clean && kind === "close");
    this.stop();
  }

  /** What follows is not HTTP/1 any more. */
  stop(): void {
    this.#state = { kind: "stopped" };
    this.#head.release();
  }

  #read(bytes: Uint8Array, from: number, at: Arrival): number {
    const state = this.#state;
    switch (state.kind) {
      case "head":
        return this.#readHead(bytes, from, at);
      case "length": {
        const to = Math.min(bytes.length, from + state.left);
        this.#sink.body(range(bytes, from, to), at.ts);
        state.left -= to - from;
        if (state.left === 0) this.#end(at.ts, true);
        return to;
      }
      case "chunked": {
        const body = (part: Uint8Array) => this.#sink.body(part, at.ts);
        const to = state.chunks.read(bytes, { from, body });
        // The sink may have stopped this parser.
        if (this.#state !== state) return to;
        if (state.chunks.done) this.#end(at.ts, true);
        else if (state.chunks.broken) this.#break(at.ts);
        return to;
      }
      case "close":
        this.#sink.body(range(bytes, from, bytes.length), at.ts);
        return bytes.length;
      case "lost":
        this.#sink.unparsed(bytes.length - from);
        return bytes.length;
      case "stopped":
        return bytes.length;
    }
  }

  #readHead(bytes: Uint8Array, start: number, at: Arrival): number {
    let from = start;
    if (this.#head.length === 0) {
      // Empty lines in front of a start line are allowed.
      while (from < bytes.length && (bytes[from] === 13 || bytes[from] === 10)) from++;
      if (from === bytes.length) return from;
      this.#first = at;
      this.#line = 0;
    }
    const known = this.#head.length;
    const to = Math.min(bytes.length, from + HEAD_STEP, from + MAX_HEAD - known);
    this.#head.append(range(bytes, from, to));
    const end = this.#headEnd(known);
    if (end === "more") return to;
    if (end === "broken") {
      this.#lose(0);
      return to;
    }
    const head = parseHead(this.#dialect, this.#head.view().subarray(0, end));
    this.#head.release();
    if (head) this.#begin(this.#sink.head(head, this.#first!), at.ts);
    else this.#lose(0);
    return from + end - known;
  }

  /** Looks for the empty line from `known` on. */
  #headEnd(known: number): number | "more" | "broken" {
    const view = this.#head.view();
    for (let end = view.indexOf(10, known); end >= 0; end = view.indexOf(10, end + 1)) {
      if (end === this.#line || (end === this.#line + 1 && view[this.#line] === 13)) return end + 1;
      if (this.#line === 0 && !this.#dialect.startLine.test(firstLine(view)!)) return "broken";
      this.#line = end + 1;
    }
    const prefix = this.#line === 0 && known < MAX_PREFIX;
    if (prefix && !this.#dialect.prefix.test(latin1(view.subarray(0, MAX_PREFIX)))) return "broken";
    return view.length < MAX_HEAD ? "more" : "broken";
  }

  #begin(framing: Framing, ts: Micros): void {
    switch (framing.kind) {
      case "length":
        this.#state = { kind: "length", left: framing.length };
        if (framing.length === 0) this.#end(ts, true);
        return;
      case "chunked":
        this.#state = { kind: "chunked", chunks: new ChunkedBody() };
        return;
      case "close":
        this.#state = { kind: "close" };
        return;
      case "interim":
        return;
      case "upgrade":
        this.#end(ts, true);
        return this.stop();
      case "invalid":
        return this.#break(ts);
    }
  }

  #end(ts: Micros, complete: boolean): void {
    this.#state = { kind: "head" };
    this.#sink.end(ts, complete);
  }

  #break(ts: Micros): void {
    this.#end(ts, false);
    this.#lose(0);
  }

  #lose(missing: number): void {
    // The sink may have stopped this parser when the last message ended.
    if (this.#state.kind === "stopped") return;
    this.#drop();
    this.#state = { kind: "lost" };
    this.#sink.lost(missing);
  }

  #drop(): void {
    this.#sink.unparsed(this.#head.length);
    this.#head.release();
  }
}

function range(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
}
