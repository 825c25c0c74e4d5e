/** Answers in the content codings that agents accept, flushed event by event as real servers do. */
import { Readable } from "node:stream";
import { createBrotliCompress, createGzip, createZstdCompress } from "node:zlib";

export type Coding = "identity" | "gzip" | "br" | "zstd";

const encoders = { gzip: createGzip, br: createBrotliCompress, zstd: createZstdCompress };

/** What the header allows, plain last. */
export function acceptedCodings(header: string): Coding[] {
  const names = header.split(",").map((name) => name.trim().replace(/;.*$/, ""));
  return [...(["zstd", "br", "gzip"] as const).filter((name) => names.includes(name)), "identity"];
}

export function encoded(
  pieces: readonly string[],
  { coding, type }: { readonly coding: Coding; readonly type: string },
): Response {
  // Or the server would choose a coding of its own.
  const headers = { "content-type": type, "cache-control": "no-transform" };
  if (coding === "identity") return new Response(pieces.join(""), { headers });
  const encoder = encoders[coding]();
  const body = Readable.toWeb(encoder) as unknown as ReadableStream<Uint8Array>;
  void write(encoder, pieces);
  return new Response(body, { headers: { ...headers, "content-encoding": coding } });
}

async function write(
  encoder: ReturnType<typeof encoders[keyof typeof encoders]>,
  pieces: readonly string[],
): Promise<void> {
  for (const piece of pieces) {
    encoder.write(piece);
    await new Promise<void>((flushed) => encoder.flush(() => flushed()));
  }
  encoder.end();
}
