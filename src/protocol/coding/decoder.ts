/** What decodes a body, and where decoded bytes go. */
import type { MemoryBudget } from "../byte_buffer.ts";

export interface DecodedSink {
  /** Only valid during the call. */
  data(bytes: Uint8Array): void;
  /** Bytes are missing here. */
  gap(): void;
  /** The rest could not be decoded or was too much: nothing follows. At most once. */
  cut(reason: "undecodable" | "too-large"): void;
}

/** Hands on what its input allows with every push. `end` comes once and frees what it holds; a body may end anywhere. */
export interface Decoder {
  push(bytes: Uint8Array): void;
  gap(): void;
  end(): void;
}

export interface DecoderOptions {
  readonly sink: DecodedSink;
  /** Of decoded bytes. */
  readonly limit: number;
  readonly budget: MemoryBudget;
}
