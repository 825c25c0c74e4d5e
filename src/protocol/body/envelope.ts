/** Length-prefixed messages of gRPC, gRPC-Web and Connect streams: `[u8 flags][u32 length][message]`. */
import { ByteBuffer } from "../byte_buffer.ts";
import { contentDecoder } from "../coding/content_decoder.ts";
import type { Headers } from "../exchange.ts";
import type { BodyOptions, LostReason, MessageReader } from "./message_sink.ts";

export interface Envelope {
  /** As sent: bit 0 compressed, bit 1 the end of a Connect stream (JSON), bit 7 the trailers of gRPC-Web. */
  readonly flags: number;
  /** Decompressed; only valid during the call. */
  readonly bytes: Uint8Array;
}

const PREFIX = 5;
const COMPRESSED = 0x01;
const KNOWN_FLAGS = 0x83;

/** How messages with the compressed flag are coded. */
export function envelopeCoding(headers: Headers): string | null {
  return headers.get("connect-content-encoding") ?? headers.get("grpc-encoding") ?? null;
}

export class EnvelopeReader implements MessageReader {
  readonly #options: BodyOptions<Envelope> & { readonly coding: string | null };
  /** The prefix, then the message. */
  readonly #buffer: ByteBuffer;
  /** Of the message that has begun; null within a prefix. */
  #flags: number | null = null;
  #left = PREFIX;
  /** It is too long: it is passed over. */
  #dropped = false;
  #stopped = false;

  constructor(options: BodyOptions<Envelope> & { readonly coding: string | null }) {
    this.#options = options;
    this.#buffer = new ByteBuffer(Math.max(PREFIX, options.limit), options.budget);
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0 && !this.#stopped) {
      const more = rest.subarray(0, this.#left);
      rest = rest.subarray(more.length);
      this.#left -= more.length;
      if (this.#left === 0 && this.#buffer.length === 0) this.#complete(more);
      else {
        if (!this.#dropped && this.#buffer.append(more) > 0) this.#noMemory();
        if (this.#left === 0 && !this.#stopped) this.#complete(this.#buffer.view());
      }
    }
  }

  /** Nothing in the bytes tells where a message starts. */
  gap(): void {
    this.#stop("out-of-step");
  }

  end({ complete }: { readonly complete: boolean }): void {
    const between = this.#flags === null && this.#left === PREFIX;
    if (complete && !between && !this.#dropped) this.#stop("unreadable");
    this.#buffer.release();
  }

  #complete(bytes: Uint8Array): void {
    const flags = this.#flags;
    if (flags === null) return this.#begin(bytes);
    this.#flags = null;
    this.#left = PREFIX;
    if (!this.#dropped) this.#message(flags, bytes);
    this.#dropped = false;
    this.#buffer.clear();
  }

  #begin(prefix: Uint8Array): void {
    const flags = prefix[0]!;
    const length = new DataView(prefix.buffer, prefix.byteOffset).getUint32(1);
    this.#buffer.clear();
    if ((flags & ~KNOWN_FLAGS) !== 0) return this.#stop("unreadable");
    this.#flags = flags;
    this.#left = length;
    this.#dropped = length > this.#options.limit;
    if (this.#dropped) this.#options.sink.lost("too-large");
    if (length === 0) this.#complete(new Uint8Array(0));
  }

  #message(flags: number, bytes: Uint8Array): void {
    const { sink } = this.#options;
    if ((flags & COMPRESSED) === 0 || bytes.length === 0) return sink.message({ flags, bytes });
    const plain = this.#decompressed(bytes);
    if (typeof plain === "string") sink.lost(plain);
    else sink.message({ flags, bytes: plain });
  }

  #decompressed(bytes: Uint8Array): Uint8Array | LostReason {
    const { coding, limit, budget } = this.#options;
    // Compressed by what nobody named: the bytes must not pass for the message.
    if (coding === null || coding === "identity") return "unreadable";
    const plain = new ByteBuffer(limit, budget);
    let lost: LostReason | null = null;
    const decoder = contentDecoder(coding, {
      sink: {
        data: (piece) => void (plain.append(piece) > 0 && (lost = "too-large")),
        gap: () => void (lost = "unreadable"),
        cut: (reason) => void (lost = reason === "too-large" ? reason : "unreadable"),
      },
      limit,
      budget,
    });
    decoder.push(bytes);
    decoder.end();
    const whole = lost ?? plain.view();
    // The memory is the view's; only its share of the budget ends here.
    plain.clear();
    return whole;
  }

  #noMemory(): void {
    this.#buffer.clear();
    if (this.#flags === null) return this.#stop("too-large");
    this.#dropped = true;
    this.#options.sink.lost("too-large");
  }

  #stop(reason: LostReason): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#buffer.release();
    this.#options.sink.lost(reason);
  }
}
