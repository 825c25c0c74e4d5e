/** The header of an HTTP/2 frame (RFC 9113, sections 4.1 and 6), and which headers there can be. */

export const HEADER_LENGTH = 9;

export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
} as const;

export const Flag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

export interface Frame {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** The stream that a push promises, or the last one that a GOAWAY speaks for. */
  readonly about: number;
}

interface Rule {
  /** Which flags have a meaning. */
  readonly flags: number;
  /** Of a stream, of the connection, or of either. */
  readonly of: "stream" | "connection" | "either";
  /** Of all behind the header. Null: settings take six bytes each, and an acknowledgement has none. */
  readonly length: number | null | "open";
  /** In front of its content: priority, a promised stream, the last stream. */
  readonly fields: number;
  /** Content that matters here may follow, and padding. */
  readonly content: boolean;
}

const { endStream, ack, endHeaders, padded, priority } = Flag;

/** By type. */
// deno-fmt-ignore
const RULES: readonly Rule[] = [
  { flags: endStream | padded, of: "stream", length: "open", fields: 0, content: true },
  { flags: endStream | endHeaders | padded | priority, of: "stream", length: "open", fields: 0, content: true },
  { flags: 0, of: "stream", length: 5, fields: 0, content: false },
  { flags: 0, of: "stream", length: 4, fields: 0, content: false },
  { flags: ack, of: "connection", length: null, fields: 0, content: false },
  { flags: endHeaders | padded, of: "stream", length: "open", fields: 4, content: true },
  { flags: ack, of: "connection", length: 8, fields: 0, content: false },
  { flags: 0, of: "connection", length: "open", fields: 8, content: false },
  { flags: 0, of: "either", length: 4, fields: 0, content: false },
  { flags: endHeaders, of: "stream", length: "open", fields: 0, content: true },
];

/** A frame is no longer than this unless the receiver said otherwise. */
const USUAL_LENGTH = 16_384;
/** A client that opened one stream a millisecond would take four hours to get there. */
const USUAL_STREAMS = 1 << 24;

/** Null when there are not enough bytes. */
export function frameHeader(bytes: Uint8Array, at = 0): Frame | null {
  if (bytes.length - at < HEADER_LENGTH) return null;
  return {
    length: bytes[at]! << 16 | bytes[at + 1]! << 8 | bytes[at + 2]!,
    type: bytes[at + 3]!,
    flags: bytes[at + 4]!,
    stream: streamId(bytes, at + 5),
    about: 0,
  };
}

export function streamId(bytes: Uint8Array, at: number): number {
  return (bytes[at]! & 0x7f) << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
}

/** Whether what follows the fields is data or a piece of a header block. */
export function hasContent({ type }: Frame): boolean {
  return RULES[type]?.content ?? false;
}

/** Whether it carries a header block, or a piece of one. */
export function isBlock({ type }: Frame): boolean {
  return type === FrameType.headers || type === FrameType.push || type === FrameType.continuation;
}

export function isPadded({ type, flags }: Frame): boolean {
  return (flags & padded & (RULES[type]?.flags ?? 0)) !== 0;
}

/** How much is in front of the content; the length of the padding is its first byte. */
export function fieldsLength(header: Frame): number {
  const rule = RULES[header.type];
  if (!rule) return 0;
  const weighted = (header.flags & priority & rule.flags) !== 0;
  return rule.fields + (isPadded(header) ? 1 : 0) + (weighted ? 5 : 0);
}

/** Frames of other types than these exist, and are ignored. */
export function isLegal(header: Frame): boolean {
  const { length, type, flags, stream } = header;
  const rule = RULES[type];
  if (!rule) return true;
  if (rule.of !== "either" && (rule.of === "stream") !== (stream !== 0)) return false;
  if (rule.length === "open") return length >= fieldsLength(header);
  if (rule.length !== null) return length === rule.length;
  return flags & ack ? length === 0 : length % 6 === 0;
}

/**
 * Whether bytes that could be anything are a frame's header: of about a billion random ones, one is. Text never is: it
 * has no byte below 9.
 */
export function isTypical(bytes: Uint8Array, at = 0): boolean {
  const header = frameHeader(bytes, at);
  if (!header || !isLegal(header)) return false;
  const { length, type, flags, stream } = header;
  const rule = RULES[type];
  // A continuation makes no sense without what it continues.
  if (!rule || type === FrameType.continuation) return false;
  return length <= USUAL_LENGTH && (flags & ~rule.flags) === 0 && bytes[at + 5]! < 0x80 &&
    stream < USUAL_STREAMS && (stream === 0 || (stream & 1) === 1);
}

/** How far bytes from anywhere look like frames: `frame` for one header, `frames` for another one where it ends. */
export function beginsWithFrames(bytes: Uint8Array): "frame" | "frames" | "other" | "undecided" {
  const first = frameHeader(bytes);
  if (!first) return "undecided";
  if (!isTypical(bytes)) return "other";
  const second = frameHeader(bytes, HEADER_LENGTH + first.length);
  if (!second) return "frame";
  return RULES[second.type] && isLegal(second) ? "frames" : "other";
}
