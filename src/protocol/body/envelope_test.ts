import { deepEqual, equal } from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { type Envelope, envelopeCoding, EnvelopeReader } from "./envelope.ts";
import { chunks, everySplit, read } from "./testdata/reading.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function reading(coding: string | null) {
  return {
    reader: (options: Omit<ConstructorParameters<typeof EnvelopeReader>[0], "coding">) =>
      new EnvelopeReader({ ...options, coding }),
    told: ({ flags, bytes }: Envelope) => `${flags} ${new TextDecoder().decode(bytes)}`,
  };
}

function envelope(flags: number, message: string | Uint8Array): Uint8Array {
  const bytes = typeof message === "string" ? encode(message) : message;
  const whole = new Uint8Array(5 + bytes.length);
  whole[0] = flags;
  new DataView(whole.buffer).setUint32(1, bytes.length);
  whole.set(bytes, 5);
  return whole;
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const gzipped = envelope(1, gzipSync("Größe"));
const end = envelope(2, '{"metadata":{}}');

const cases: readonly (readonly [
  name: string,
  coding: string | null,
  body: Uint8Array,
  messages: string[],
  lost: string[],
])[] = [
  ["Connect", null, join(envelope(0, "a"), envelope(0, ""), end), ["0 a", "0 ", '2 {"metadata":{}}'], []],
  ["gzip", "gzip", join(gzipped, envelope(0, "b"), end), ["1 Größe", "0 b", '2 {"metadata":{}}'], []],
  ["zstd", "zstd", envelope(3, zstdCompressSync("c")), ["3 c"], []],
  ["gRPC-Web trailers", null, envelope(0x80, "grpc-status: 0\r\n"), ["128 grpc-status: 0\r\n"], []],
  ["a compressed message that is empty", "gzip", envelope(1, ""), ["1 "], []],
  ["compressed by nobody knows what", null, join(gzipped, envelope(0, "b")), ["0 b"], ["unreadable"]],
  ["not what the coding says", "gzip", join(envelope(1, "zip"), envelope(0, "b")), ["0 b"], ["unreadable"]],
  ["too long", null, join(envelope(0, "x".repeat(65)), envelope(0, "b")), ["0 b"], ["too-large"]],
  ["too long once decompressed", "gzip", envelope(1, gzipSync("x".repeat(65))), [], ["too-large"]],
  ["unknown flags", null, join(envelope(0, "a"), encode("HTTP/1.1 200 OK")), ["0 a"], ["unreadable"]],
  ["no end", null, join(envelope(0, "a"), envelope(0, "bc").subarray(0, -1)), ["0 a"], ["unreadable"]],
  ["no end of a prefix", null, join(envelope(0, "a"), new Uint8Array(3)), ["0 a"], ["unreadable"]],
];

for (const [name, coding, body, messages, lost] of cases) {
  Deno.test(`envelope: ${name}`, () => {
    for (const pieces of everySplit(body)) {
      deepEqual(read(pieces, { ...reading(coding), limit: 64 }), { messages, lost, held: 0 });
    }
  });
}

Deno.test("envelope: after a gap nothing is read", () => {
  const pieces = [envelope(0, "a"), envelope(0, "bc").subarray(0, 6), "gap", envelope(0, "d")] as const;
  deepEqual(read(pieces, reading(null)), { messages: ["0 a"], lost: ["out-of-step"], held: 0 });
});

Deno.test("envelope: no memory for the rest of a prefix ends the reading", () => {
  const [first, second] = [envelope(0, "a").subarray(0, 3), envelope(0, "a").subarray(3, 5)];
  const told = { messages: [], lost: ["too-large"], held: 0 };
  deepEqual(read([first, second], { ...reading(null), memory: 3 }), told);
});

Deno.test("envelope: the coding is Connect's or gRPC's header", () => {
  equal(envelopeCoding(new Map([["connect-content-encoding", "br"]])), "br");
  equal(envelopeCoding(new Map([["grpc-encoding", "gzip"]])), "gzip");
  equal(envelopeCoding(new Map()), null);
});

Deno.test("property: any bytes end, and are told the same in any pieces", () => {
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.constantFrom(gzipped, end, envelope(0, "a"), new Uint8Array([0, 255, 255, 255, 255])),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
  fc.assert(fc.property(fc.array(bytes), sizes, (parts, sizes) => {
    const body = join(...parts);
    const whole = read([body], reading("gzip"));
    deepEqual(read(chunks(body, sizes), reading("gzip")), whole);
    equal(whole.held, 0);
  }));
});
