/** Gives a reader its bytes in pieces and writes down what comes out. */
import { MemoryBudget } from "../../byte_buffer.ts";
import type { BodyOptions, MessageReader } from "../message_sink.ts";

/** Bytes of the body, or a gap in it. */
export type Piece = Uint8Array | "gap";

export interface ReadingOptions<M, T> {
  readonly reader: (options: BodyOptions<M>) => MessageReader;
  /** What to write down of a message, whose bytes may be reused. */
  readonly told: (message: M) => T;
  readonly limit?: number;
  readonly memory?: number;
  readonly complete?: boolean;
}

export interface Reading<T> {
  readonly messages: T[];
  readonly lost: string[];
  /** What the reader has not given back. */
  readonly held: number;
}

export function read<M, T>(pieces: readonly Piece[], options: ReadingOptions<M, T>): Reading<T> {
  const { reader: open, told, limit = 1 << 16, memory = 1 << 20, complete = true } = options;
  const messages: T[] = [];
  const lost: string[] = [];
  const budget = new MemoryBudget(memory);
  const sink = {
    message: (message: M) => void messages.push(told(message)),
    lost: (reason: string) => void lost.push(reason),
  };
  const reader = open({ sink, limit, budget });
  for (const piece of pieces) {
    if (piece === "gap") {
      reader.gap();
      continue;
    }
    // The capture reuses its memory: whoever keeps a view sees other bytes.
    const copy = piece.slice();
    reader.push(copy);
    copy.fill(0x41);
  }
  reader.end({ complete });
  return { messages, lost, held: budget.used };
}

export function* everySplit(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

/** Pieces of these sizes, over and over. */
export function chunks(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const to = from + sizes[i % sizes.length]!;
    pieces.push(bytes.subarray(from, to));
    from = to;
  }
  return pieces;
}
