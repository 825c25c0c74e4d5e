/** What every reader of a body that is a sequence of messages takes and gives. */
import type { MemoryBudget } from "../byte_buffer.ts";

export type LostReason =
  /** One message was longer than the limit, or than the memory that was left. */
  | "too-large"
  /** Bytes that are no message of this format. */
  | "unreadable"
  /** A gap took the place in the stream, and nothing tells where the next message starts: the rest is not read. */
  | "out-of-step";

export interface MessageSink<M> {
  /** Bytes in it are only valid during the call. */
  message(message: M): void;
  lost(reason: LostReason): void;
}

export interface BodyOptions<M> {
  readonly sink: MessageSink<M>;
  /** Bytes of one message. */
  readonly limit: number;
  readonly budget: MemoryBudget;
}

/** Incremental: every split of the same bytes gives the same messages. */
export interface MessageReader {
  push(bytes: Uint8Array): void;
  /** Bytes are missing here. */
  gap(): void;
  /** Comes once, and last. `complete`: the body ended by its own framing, it was not cut off. */
  end(body: { readonly complete: boolean }): void;
}
