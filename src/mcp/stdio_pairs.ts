/** Which streams run the other way between the same two processes: answers travel on them. */
import type { Process } from "./join.ts";
import type { StdioStream } from "./stdio_stream.ts";

/**
 * Those on which the reader of this stream writes to its writer. Of a pair of which one process is not known, the known
 * one has to do; without any such pair, whatever the writer reads: the answers of `echo … | server | jq`.
 */
export function opposite({ conn, writer, reader }: StdioStream, all: Iterable<StdioStream>): StdioStream[] {
  const others = [...all].filter((other) => other.conn !== conn);
  const pairs = others.filter((other) =>
    (same(other.reader, writer) && maybe(other.writer, reader)) ||
    (same(other.writer, reader) && maybe(other.reader, writer))
  );
  return pairs.length > 0 ? pairs : others.filter((other) => same(other.reader, writer));
}

/** Both known, and one. */
export function same(a: Process | null, b: Process | null): boolean {
  return a !== null && b !== null && a.pid === b.pid && a.start === b.start;
}

function maybe(a: Process | null, b: Process | null): boolean {
  return a === null || b === null || same(a, b);
}
