/**
 * Protobuf without its schema. Field numbers and wire types are certain; whether bytes are text, a message or neither
 * is a guess, so whoever shows this marks it as partial.
 */

export type ProtobufValue =
  /** A varint. */
  | number
  /** Bytes that read as printable text. */
  | string
  /** Bytes that read as a message from the first to the last, or a group. */
  | ProtobufMessage
  /** A varint above 2^53, in decimal. */
  | { readonly varint: string }
  /** Little-endian, in hex as sent: nothing tells integers from floats. */
  | { readonly fixed32: string }
  | { readonly fixed64: string }
  | { readonly bytes: Uint8Array };

/** Values by field number, in the order they were sent. */
export interface ProtobufMessage {
  readonly fields: ReadonlyMap<number, readonly ProtobufValue[]>;
}

export interface ProtobufLimits {
  /** Messages within messages; deeper ones stay bytes. */
  readonly depth: number;
  /** Values of all messages together; the rest is left out. */
  readonly values: number;
}

const LIMITS: ProtobufLimits = { depth: 16, values: 10_000 };

/** Null when the bytes are no protobuf message; `complete` is false when a limit left values out. */
export function decodeProtobuf(
  bytes: Uint8Array,
  limits: ProtobufLimits = LIMITS,
): { readonly message: ProtobufMessage; readonly complete: boolean } | null {
  if (!isMessage(bytes)) return null;
  const decoder = new SchemalessDecoder(limits);
  return { message: decoder.message(bytes, 1), complete: decoder.complete };
}

/** Wire types. */
const [VARINT, FIXED64, BYTES, GROUP_START, GROUP_END, FIXED32] = [0, 1, 2, 3, 4, 5];

const MAX_GROUPS = 16;
const MAX_FIELD = 0x1fffffff;

class SchemalessDecoder {
  readonly #limits: ProtobufLimits;
  readonly #text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #values = 0;
  complete = true;

  constructor(limits: ProtobufLimits) {
    this.#limits = limits;
  }

  /** `bytes` is a message: `isMessage` said so. */
  message(bytes: Uint8Array, depth: number): ProtobufMessage {
    return this.#fields(new WireReader(bytes), depth);
  }

  #fields(reader: WireReader, depth: number): ProtobufMessage {
    const fields = new Map<number, ProtobufValue[]>();
    for (let tag = reader.tag(); tag && tag.wire !== GROUP_END; tag = reader.tag()) {
      if (this.#values >= this.#limits.values) {
        this.complete = false;
        break;
      }
      this.#values++;
      const value = this.#value(reader, { wire: tag.wire, depth });
      const known = fields.get(tag.field);
      if (known) known.push(value);
      else fields.set(tag.field, [value]);
    }
    return { fields };
  }

  #value(reader: WireReader, { wire, depth }: { wire: number; depth: number }): ProtobufValue {
    switch (wire) {
      case VARINT: {
        const value = reader.varint()!;
        return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : { varint: value.toString() };
      }
      case FIXED32:
        return { fixed32: reader.take(4)!.toHex() };
      case FIXED64:
        return { fixed64: reader.take(8)!.toHex() };
      case BYTES:
        return this.#guess(reader.take(Number(reader.varint()!))!, depth);
      default:
        return this.#fields(reader, depth + 1);
    }
  }

  /** Text without control characters is text. With tabs or line breaks it may be a message, whose tags look like them. */
  #guess(bytes: Uint8Array, depth: number): ProtobufValue {
    const text = this.#printable(bytes);
    if (text !== null && !/[\t\n\r]/.test(text)) return text;
    if (depth < this.#limits.depth && isMessage(bytes)) return this.message(bytes, depth + 1);
    return text ?? { bytes: bytes.slice() };
  }

  #printable(bytes: Uint8Array): string | null {
    try {
      const text = this.#text.decode(bytes);
      // deno-lint-ignore no-control-regex -- they are what is looked for
      return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/.test(text) ? null : text;
    } catch {
      return null;
    }
  }
}

/** Whether tags and lengths make a message that ends where the bytes end. Looks at this level only. */
function isMessage(bytes: Uint8Array): boolean {
  const reader = new WireReader(bytes);
  const groups: number[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if (!tag) return false;
    if (tag.wire === GROUP_START) {
      if (groups.push(tag.field) > MAX_GROUPS) return false;
    } else if (tag.wire === GROUP_END) {
      if (groups.pop() !== tag.field) return false;
    } else if (!reader.skip(tag.wire)) return false;
  }
  return groups.length === 0;
}

class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Null at the end, and for what is no tag. */
  tag(): { readonly field: number; readonly wire: number } | null {
    const varint = this.varint();
    if (varint === null || varint > 0xffffffffn) return null;
    const tag = Number(varint);
    const [field, wire] = [tag >>> 3, tag & 7];
    return field === 0 || field > MAX_FIELD || wire > FIXED32 ? null : { field, wire };
  }

  /** Null when it does not end or has more than 64 bits. */
  varint(): bigint | null {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) return null;
      low += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || (shift === 63n && byte > 1)) return null;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  }

  take(count: number): Uint8Array | null {
    const end = this.#at + count;
    if (end > this.#bytes.length) return null;
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  skip(wire: number): boolean {
    if (wire === VARINT) return this.varint() !== null;
    if (wire === FIXED32) return this.take(4) !== null;
    if (wire === FIXED64) return this.take(8) !== null;
    const length = this.varint();
    return length !== null && length <= BigInt(this.#bytes.length) && this.take(Number(length)) !== null;
  }
}
