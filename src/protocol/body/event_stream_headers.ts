/** Headers of event stream messages: `[u8 length][name][u8 type][value]`. */

/** 64-bit integers above 2^53 are decimal strings, UUIDs hex with dashes, timestamps milliseconds since 1970. */
export type EventStreamHeader = string | number | boolean | Uint8Array;

export type EventStreamHeaders = Readonly<Record<string, EventStreamHeader>>;

/** By number. */
const TYPES = ["true", "false", "byte", "short", "integer", "long", "bytes", "string", "timestamp", "uuid"];

/** Null when they are not well-formed. */
export function readHeaders(bytes: Uint8Array): EventStreamHeaders | null {
  const reader = new HeaderReader(bytes);
  const headers: [string, EventStreamHeader][] = [];
  while (!reader.done) {
    const name = reader.name();
    const value = name === null ? null : reader.value();
    if (name === null || value === null) return null;
    headers.push([name, value]);
  }
  return Object.fromEntries(headers);
}

/** Shared: making one costs more than all the headers of a message, and it keeps nothing between them. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

class HeaderReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  name(): string | null {
    const name = this.#take(this.#take(1)?.[0] ?? 0);
    return name ? decoder.decode(name) : null;
  }

  value(): EventStreamHeader | null {
    const at = this.#at + 1;
    switch (TYPES[this.#take(1)?.[0] ?? TYPES.length]) {
      case "true":
        return true;
      case "false":
        return false;
      case "byte":
        return this.#take(1) && this.#view.getInt8(at);
      case "short":
        return this.#take(2) && this.#view.getInt16(at);
      case "integer":
        return this.#take(4) && this.#view.getInt32(at);
      case "long":
        return this.#take(8) && exact(this.#view.getBigInt64(at));
      case "timestamp":
        return this.#take(8) && Number(this.#view.getBigInt64(at));
      case "bytes":
        return this.#counted()?.slice() ?? null;
      case "string": {
        const text = this.#counted();
        return text && decoder.decode(text);
      }
      case "uuid": {
        const hex = this.#take(16)?.toHex();
        return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-") ?? null;
      }
      default:
        return null;
    }
  }

  #counted(): Uint8Array | null {
    const at = this.#at;
    return this.#take(2) && this.#take(this.#view.getUint16(at));
  }

  #take(count: number): Uint8Array | null {
    const end = this.#at + count;
    if (end > this.#bytes.length) return null;
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
