/** HTTP/2 written down: frames, and an encoder of header blocks that uses its table wherever it can. */
import { concat } from "../../../bytes.ts";
import { Flag, FrameType } from "../frame.ts";
import { PREFACE as PREFACE_TEXT } from "../frame_parser.ts";
import { STATIC_TABLE } from "../static_table.ts";

const encoder = new TextEncoder();

export const PREFACE = encoder.encode(PREFACE_TEXT);

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | string = "",
): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const out = new Uint8Array(9 + bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, bytes.length << 8 | type);
  out[4] = flags;
  view.setUint32(5, stream);
  out.set(bytes, 9);
  return out;
}

function number(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

export const settings = (payload = new Uint8Array(0)) => frame(FrameType.settings, 0, 0, payload);
export const settingsAck = () => frame(FrameType.settings, Flag.ack, 0);
export const window = (stream: number) => frame(FrameType.window, 0, stream, number(65_535));
export const ping = () => frame(FrameType.ping, 0, 0, "12345678");
export const reset = (stream: number) => frame(FrameType.reset, 0, stream, number(8));
export const priority = (stream: number) => frame(FrameType.priority, 0, stream, "\0\0\0\0\x10");
export const goAway = (last: number) => frame(FrameType.goAway, 0, 0, concat([number(last), number(0)]));

export function data(
  stream: number,
  body: string | Uint8Array,
  { end = false, padding }: { end?: boolean; padding?: number } = {},
): Uint8Array {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const flags = (end ? Flag.endStream : 0) | (padding === undefined ? 0 : Flag.padded);
  const padded = padding === undefined
    ? bytes
    : concat([Uint8Array.of(padding), bytes, new Uint8Array(padding)]);
  return frame(FrameType.data, flags, stream, padded);
}

export interface HeadersOptions {
  readonly end?: boolean;
  readonly priority?: boolean;
  readonly padding?: number;
  /** Cuts the block into a HEADERS and CONTINUATION frames of so many bytes. */
  readonly cut?: number;
  /** A PUSH_PROMISE of this stream. */
  readonly promises?: number;
}

type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

/** One direction's encoder. */
export class Headers {
  /** Newest first. */
  #table: (readonly [string, string])[] = [];
  readonly #capacity = 4_096;

  /** The frames of one header block. */
  frames(stream: number, fields: Fields, options: HeadersOptions = {}): Uint8Array {
    const { end = false, padding, cut = 1 << 20, promises } = options;
    const list = Array.isArray(fields) ? fields as [string, string][] : Object.entries(fields);
    const block = concat(list.map(([name, value]) => this.#field(name, value)));
    const first = block.subarray(0, cut);
    const flags = (end ? Flag.endStream : 0) | (padding === undefined ? 0 : Flag.padded) |
      (options.priority ? Flag.priority : 0) | (first.length === block.length ? Flag.endHeaders : 0);
    const payload = concat([
      padding === undefined ? new Uint8Array(0) : Uint8Array.of(padding),
      options.priority ? encoder.encode("\0\0\0\0\x10") : new Uint8Array(0),
      promises === undefined ? new Uint8Array(0) : number(promises),
      first,
      new Uint8Array(padding ?? 0),
    ]);
    const frames = [
      frame(promises === undefined ? FrameType.headers : FrameType.push, flags, stream, payload),
    ];
    for (let at = cut; at < block.length; at += cut) {
      const last = at + cut >= block.length;
      frames.push(
        frame(FrameType.continuation, last ? Flag.endHeaders : 0, stream, block.slice(at, at + cut)),
      );
    }
    return concat(frames);
  }

  #field(name: string, value: string): Uint8Array {
    const all = [...STATIC_TABLE, ...this.#table];
    const index = all.findIndex((entry) => entry[0] === name && entry[1] === value) + 1;
    if (index > 0) return integer(index, 7, 0x80);
    const named = all.findIndex((entry) => entry[0] === name) + 1;
    this.#table.unshift([name, value]);
    while (
      this.#table.reduce((sum, entry) => sum + entry[0].length + entry[1].length + 32, 0) > this.#capacity
    ) {
      this.#table.pop();
    }
    return concat([integer(named, 6, 0x40), named > 0 ? new Uint8Array(0) : text(name), text(value)]);
  }
}

function integer(value: number, prefix: number, first: number): Uint8Array {
  const mask = (1 << prefix) - 1;
  if (value < mask) return Uint8Array.of(first | value);
  const out = [first | mask];
  for (value -= mask; value >= 128; value = Math.floor(value / 128)) out.push(value % 128 | 128);
  return Uint8Array.from([...out, value]);
}

function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  return concat([integer(bytes.length, 7, 0), bytes]);
}
