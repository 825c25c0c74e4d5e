/** The head of a frame (RFC 6455, section 5.2). */

export interface FrameHead {
  readonly fin: boolean;
  /** RSV1, RSV2 and RSV3 where they stand in the first byte. */
  readonly rsv: number;
  readonly opcode: number;
  /** Null when the payload is not masked. */
  readonly mask: Uint8Array | null;
  readonly length: number;
}

export const RSV1 = 0x40;

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
const PING = 9;
const PONG = 10;
const OPCODES: ReadonlySet<number> = new Set([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG]);

export const MAX_HEAD = 14;
const MAX_CONTROL = 125;

export function isControl({ opcode }: { readonly opcode: number }): boolean {
  return opcode >= CLOSE;
}

/** How long a head is, from its first two bytes. */
export function headSize(second: number): number {
  const length = second & 0x7f;
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (second >> 7) * 4;
}

/** The head at `from`, all of which is there; null when no frame begins like this. Lengths need not be minimal. */
export function frameHead(bytes: Uint8Array, from: number): FrameHead | null {
  const first = bytes[from]!;
  const second = bytes[from + 1]!;
  const size = headSize(second);
  const masked = second >= 0x80;
  const head = {
    fin: first >= 0x80,
    rsv: first & 0x70,
    opcode: first & 0x0f,
    mask: masked ? bytes.slice(from + size - 4, from + size) : null,
    length: payloadLength(bytes, from),
  };
  if (!OPCODES.has(head.opcode) || !Number.isSafeInteger(head.length)) return null;
  return isControl(head) && (!head.fin || head.length > MAX_CONTROL) ? null : head;
}

function payloadLength(bytes: Uint8Array, from: number): number {
  const short = bytes[from + 1]! & 0x7f;
  const size = short === 127 ? 8 : short === 126 ? 2 : 0;
  if (size === 0) return short;
  let length = 0;
  for (let at = from + 2; at < from + 2 + size; at++) length = length * 256 + bytes[at]!;
  return length;
}

export interface Plausible {
  readonly masked: boolean;
  /** Bits that the agreed extensions use. */
  readonly rsv: number;
}

/** Longer than any frame whose length is in its second byte: of random bytes, one shorter run in 5,000 looks like frames. */
const MIN_RUN = 132;

/**
 * Whether bytes of unknown origin are nothing but whole frames, as their sender has to write them. Text is no such thing, and
 * less than one in 200,000 runs of random bytes is (measured).
 */
export function areFrames(bytes: Uint8Array, { masked, rsv }: Plausible): boolean {
  if (bytes.length < MIN_RUN) return false;
  let from = 0;
  /** Null until a frame tells. */
  let fragmented: boolean | null = null;
  while (from < bytes.length) {
    const size = headSize(bytes[from + 1] ?? 0);
    if (from + size > bytes.length) return false;
    const head = frameHead(bytes, from);
    if (!head || (head.mask !== null) !== masked || size !== minimalSize(head)) return false;
    const starts = head.opcode === TEXT || head.opcode === BINARY;
    if ((head.rsv & ~(starts ? rsv : 0)) !== 0) return false;
    if (!isControl(head)) {
      if (fragmented === starts) return false;
      fragmented = !head.fin;
    }
    from += size + head.length;
  }
  return from === bytes.length;
}

function minimalSize({ length, mask }: FrameHead): number {
  return 2 + (length > 0xffff ? 8 : length > 125 ? 2 : 0) + (mask ? 4 : 0);
}
