/** The elements of one JSON array as they complete: a stream that is one growing array. */
import { ByteBuffer } from "../byte_buffer.ts";
import type { BodyOptions, LostReason, MessageReader, MessageSink } from "./message_sink.ts";

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

type State =
  | "before-array"
  /** After `[`: an element or the end. */
  | "first"
  /** After a comma. */
  | "next"
  /** A number or a word, which the byte after it ends. */
  | "bare"
  /** A string, an object or an array, which ends with its own last byte. */
  | "enclosed"
  | "after-element"
  | "after-array"
  | "stopped";

/** Gives the text of each element. Only the structure is checked: whether an element is JSON is for the sink to find out. */
export class JsonArrayReader implements MessageReader {
  readonly #sink: MessageSink<string>;
  readonly #limit: number;
  /** The element that has begun, as far as it came in earlier chunks. */
  readonly #element: ByteBuffer;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #state: State = "before-array";
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The element is too long: it is followed to its end but not kept. */
  #dropped = false;

  constructor({ sink, limit, budget }: BodyOptions<string>) {
    this.#sink = sink;
    this.#limit = limit;
    this.#element = new ByteBuffer(limit, budget);
  }

  push(bytes: Uint8Array): void {
    let start = this.#inElement() ? 0 : -1;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#state === "enclosed") {
        at = this.#findEnd(bytes, at);
        if (at < 0) break;
        this.#complete(bytes.subarray(start, at + 1));
        this.#state = "after-element";
      } else if (this.#state === "bare") {
        if (!isBlank(byte) && byte !== COMMA && byte !== CLOSE_ARRAY) continue;
        this.#complete(bytes.subarray(start, at));
        this.#between(byte);
      } else {
        if (!isBlank(byte)) this.#between(byte);
        if (this.#state === "stopped") return;
        start = at;
      }
    }
    if (this.#inElement()) this.#keep(bytes.subarray(start));
  }

  /** Inside a string and outside look alike: after missing bytes nothing is certain. */
  gap(): void {
    if (this.#state !== "after-array") this.#stop("out-of-step");
  }

  end({ complete }: { readonly complete: boolean }): void {
    const whole = this.#state === "after-array" || this.#state === "before-array";
    if (complete && !whole) this.#stop("unreadable");
    this.#element.release();
  }

  #inElement(): boolean {
    return this.#state === "bare" || this.#state === "enclosed";
  }

  /** A byte outside elements that is not blank. */
  #between(byte: number): void {
    if (isBlank(byte)) {
      this.#state = "after-element";
      return;
    }
    switch (this.#state) {
      case "before-array":
        if (byte === OPEN_ARRAY) this.#state = "first";
        else this.#stop("unreadable");
        return;
      case "first":
      case "next":
        if (byte === CLOSE_ARRAY && this.#state === "first") this.#state = "after-array";
        else if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.#stop("unreadable");
        else this.#begin(byte);
        return;
      case "bare":
      case "after-element":
        if (byte === COMMA) this.#state = "next";
        else if (byte === CLOSE_ARRAY) this.#state = "after-array";
        else this.#stop("unreadable");
        return;
      default:
        this.#stop("unreadable");
    }
  }

  #begin(byte: number): void {
    this.#inString = byte === QUOTE;
    this.#depth = byte === OPEN_OBJECT || byte === OPEN_ARRAY ? 1 : 0;
    this.#state = this.#inString || this.#depth > 0 ? "enclosed" : "bare";
  }

  /** Where the last byte of an enclosed element is, or -1. */
  #findEnd(bytes: Uint8Array, from: number): number {
    let [depth, inString, escaped] = [this.#depth, this.#inString, this.#escaped];
    let at = from;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (depth === 0) break;
        }
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) break;
    }
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    return at < bytes.length ? at : -1;
  }

  #complete(last: Uint8Array): void {
    const whole = this.#element.length === 0 && !this.#dropped;
    if (!whole || last.length > this.#limit) this.#keep(last);
    if (!this.#dropped) this.#sink.message(this.#decoder.decode(whole ? last : this.#element.view()));
    this.#dropped = false;
    this.#element.clear();
  }

  #keep(bytes: Uint8Array): void {
    if (this.#dropped) return;
    const fits = this.#element.length + bytes.length <= this.#limit;
    if (fits && this.#element.append(bytes) === 0) return;
    this.#element.clear();
    this.#dropped = true;
    this.#sink.lost("too-large");
  }

  #stop(reason: LostReason): void {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#element.release();
    this.#sink.lost(reason);
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
