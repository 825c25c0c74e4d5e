/** One direction of an HTTP/2 connection: bytes in, frames and ranges of their content out, for any split. */
import { latin1 } from "../../bytes.ts";
import type { Micros } from "../../event.ts";
import { ByteBuffer } from "../byte_buffer.ts";
import type { Arrival } from "../reassembly/byte_stream.ts";
import {
  fieldsLength,
  Flag,
  type Frame,
  frameHeader,
  FrameType,
  hasContent,
  HEADER_LENGTH,
  isBlock,
  isLegal,
  isPadded,
  isTypical,
  streamId,
} from "./frame.ts";

export interface FrameSink {
  /** A frame's header and fields are there. `first` is the arrival of its first byte. */
  frame(frame: Frame, first: Arrival): void;
  /** Data, or a piece of a header block. */
  content(frame: Frame, bytes: Uint8Array, at: Arrival): void;
  /** Missing bytes that certainly were content of this frame. */
  contentGap(frame: Frame, count: number): void;
  frameEnd(frame: Frame, ts: Micros): void;
  /** `count` bytes are missing, whose they were is unknown; what follows is skipped up to a certain frame. */
  lost(count: number): void;
  /** Bytes that belong to no frame that could be read. */
  unparsed(count: number): void;
}

/** What a client sends before its first frame. */
export const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** What comes first. With `lost`, the start of a library call that looks like a frame. */
export type Start = "preface" | "header" | "lost";

type State =
  | Start
  | "fields"
  | "body"
  /** Out of step, at the start of a library call: only that can be the start of a frame. */
  | "seeking";

export class FrameParser {
  readonly #sink: FrameSink;
  /** The preface, a header or a frame's fields, as far as they are there. */
  readonly #start = new ByteBuffer(PREFACE.length);
  #state: State;
  /** Up to where `#take` used the bytes. */
  #taken = 0;
  #first: Arrival | null = null;
  #frame: Frame | null = null;
  /** What is left of the frame: content that somebody wants, then bytes that nobody does. */
  #content = 0;
  #padding = 0;
  /** The stream whose header block goes on: nothing else may come in between. */
  #continues = 0;

  constructor(sink: FrameSink, options: { readonly start: Start }) {
    this.#sink = sink;
    this.#state = options.start;
  }

  push(bytes: Uint8Array, at: Arrival): void {
    if (at.callStart && (this.#state === "lost" || this.#state === "seeking")) {
      this.#drop();
      this.#state = "seeking";
    }
    for (let from = 0; from < bytes.length;) from = this.#read(bytes, from, at);
  }

  /** Inside a frame's content the framing survives. */
  gap(count: number, ts: Micros): void {
    if (this.#state !== "body") return this.#lose(count);
    const content = Math.min(count, this.#content);
    const padding = Math.min(count - content, this.#padding);
    if (content > 0) this.#sink.contentGap(this.#frame!, content);
    this.#skip(content, padding, ts);
    if (count > content + padding) this.#lose(count - content - padding);
  }

  /** Nothing may follow. Half a frame at the end of a connection is not lost: it was never sent. */
  end(): void {
    this.#start.release();
  }

  #read(bytes: Uint8Array, from: number, at: Arrival): number {
    switch (this.#state) {
      case "body":
        return this.#readBody(bytes, from, at);
      case "lost":
        this.#sink.unparsed(bytes.length - from);
        return bytes.length;
      case "header":
      case "seeking": {
        if (this.#start.length === 0) this.#first = at;
        const header = this.#take(bytes, from, HEADER_LENGTH);
        if (header) this.#header(header, at.ts);
        return this.#taken;
      }
      case "fields": {
        const fields = this.#take(bytes, from, fieldsLength(this.#frame!));
        if (fields) this.#fields(fields, at.ts);
        return this.#taken;
      }
      case "preface": {
        const preface = this.#take(bytes, from, PREFACE.length);
        if (preface && latin1(preface) !== PREFACE) this.#refuse(preface.length);
        else if (preface) this.#state = "header";
        return this.#taken;
      }
    }
  }

  /** `wanted` bytes in one piece, or null until they are there; copied only where they came in several. */
  #take(bytes: Uint8Array, from: number, wanted: number): Uint8Array | null {
    const known = this.#start.length;
    const to = Math.min(bytes.length, from + wanted - known);
    this.#taken = to;
    if (known === 0 && to - from === wanted) return bytes.subarray(from, to);
    this.#start.append(bytes.subarray(from, to));
    if (known + to - from < wanted) return null;
    const whole = this.#start.view();
    this.#start.clear();
    return whole;
  }

  #readBody(bytes: Uint8Array, from: number, at: Arrival): number {
    const content = Math.min(bytes.length - from, this.#content);
    if (content > 0) {
      const whole = from === 0 && content === bytes.length;
      this.#sink.content(this.#frame!, whole ? bytes : bytes.subarray(from, from + content), at);
    }
    const padding = Math.min(bytes.length - from - content, this.#padding);
    this.#skip(content, padding, at.ts);
    return from + content + padding;
  }

  #skip(content: number, padding: number, ts: Micros): void {
    this.#content -= content;
    this.#padding -= padding;
    if (this.#content + this.#padding > 0) return;
    this.#state = "header";
    this.#sink.frameEnd(this.#frame!, ts);
  }

  #header(bytes: Uint8Array, ts: Micros): void {
    const frame = frameHeader(bytes)!;
    const fits = this.#state === "seeking" ? isTypical(bytes) : isLegal(frame) && this.#isInOrder(frame);
    if (!fits) return this.#refuse(bytes.length);
    if (isBlock(frame)) this.#continues = frame.flags & Flag.endHeaders ? 0 : frame.stream;
    this.#frame = frame;
    if (fieldsLength(frame) > 0) this.#state = "fields";
    else this.#begin(0, ts);
  }

  #isInOrder({ type, stream }: Frame): boolean {
    if (this.#continues === 0) return type !== FrameType.continuation;
    return type === FrameType.continuation && stream === this.#continues;
  }

  #fields(bytes: Uint8Array, ts: Micros): void {
    const frame = this.#frame!;
    const padding = isPadded(frame) ? bytes[0]! : 0;
    if (padding > frame.length - bytes.length) return this.#refuse(bytes.length);
    const { type } = frame;
    if (type === FrameType.push) this.#frame = { ...frame, about: streamId(bytes, bytes.length - 4) };
    if (type === FrameType.goAway) this.#frame = { ...frame, about: streamId(bytes, 0) };
    this.#begin(padding, ts);
  }

  #begin(padding: number, ts: Micros): void {
    const frame = this.#frame!;
    const left = frame.length - fieldsLength(frame);
    this.#padding = hasContent(frame) ? padding : left;
    this.#content = left - this.#padding;
    this.#state = "body";
    this.#sink.frame(frame, this.#first!);
    this.#skip(0, 0, ts);
  }

  /** The last `count` bytes cannot be what they should be. */
  #refuse(count: number): void {
    this.#sink.unparsed(count);
    this.#lose(0);
  }

  #lose(missing: number): void {
    this.#drop();
    this.#state = "lost";
    this.#continues = 0;
    this.#sink.lost(missing);
  }

  #drop(): void {
    this.#sink.unparsed(this.#start.length);
    this.#start.clear();
  }
}
