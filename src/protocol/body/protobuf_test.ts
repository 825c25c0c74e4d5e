import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { decodeProtobuf, type ProtobufValue } from "./protobuf.ts";

/** The message as plain objects, with bytes in hex. */
function shown(hex: string, limits?: { depth: number; values: number }): unknown {
  const decoded = decodeProtobuf(Uint8Array.fromHex(hex), limits);
  return decoded && plain(decoded.message);
}

function plain(value: ProtobufValue): unknown {
  if (typeof value !== "object") return value;
  if ("bytes" in value) return { bytes: value.bytes.toHex() };
  if (!("fields" in value)) return value;
  return Object.fromEntries([...value.fields].map(([field, values]) => [field, values.map(plain)]));
}

/** Hex of the text. */
const text = (value: string) => new TextEncoder().encode(value).toHex();

const cases: readonly (readonly [name: string, hex: string, value: unknown])[] = [
  ["nothing", "", {}],
  ["a varint, from the format's own documentation", "089601", { 1: [150] }],
  ["text, from there too", "120774657374696e67", { 2: ["testing"] }],
  ["a message in a message, from there too", "1a03089601", { 3: [{ 1: [150] }] }],
  ["packed numbers are bytes", "3206038e029ea705", { 6: [{ bytes: "038e029ea705" }] }],
  ["repeated fields keep their order", "0801080210030804", { 1: [1, 2, 4], 2: [3] }],
  ["an empty value is empty text", "0a00", { 1: [""] }],
  ["text beyond ASCII", `0a0e${text("Größe 日本")}`, { 1: ["Größe 日本"] }],
  ["the largest exact number", "08ffffffffffffff0f", { 1: [Number.MAX_SAFE_INTEGER] }],
  ["-1", "08ffffffffffffffffff01", { 1: [{ varint: "18446744073709551615" }] }],
  ["fixed widths", "0d01020304110102030405060708", {
    1: [{ fixed32: "01020304" }],
    2: [{ fixed64: "0102030405060708" }],
  }],
  ["a group", "0b0896011201610c1801", { 1: [{ 1: [150], 2: ["a"] }], 3: [1] }],
  ["lines of text", `0a08${text("if x:\n\ty")}`, { 1: ["if x:\n\ty"] }],
  ["a message that could be text with a line break", "0a0a0a086162636465666768", {
    1: [{ 1: ["abcdefgh"] }],
  }],
  ["binary", "0a02ff00", { 1: [{ bytes: "ff00" }] }],
];

for (const [name, hex, value] of cases) {
  Deno.test(`protobuf: ${name}`, () => deepEqual(shown(hex), value));
}

for (
  const [name, hex] of [
    ["field 0", "0001"],
    ["an unknown wire type", "0e"],
    ["a varint that does not end", "08ff"],
    ["a varint of more than 64 bits", "08ffffffffffffffffff02"],
    ["a length past the end", "0a0561"],
    ["a length of 2^63", "0affffffffffffffffff01"],
    ["a group without end", "0b0801"],
    ["the end of another group", "0b0801140c"],
    ["text", text("hello, world")],
  ] as const
) {
  Deno.test(`protobuf: no message: ${name}`, () => equal(shown(hex), null));
}

Deno.test("protobuf: limits leave values out and say so", () => {
  const deep = "0a040a020a00";
  deepEqual(shown(deep), { 1: [{ 1: [{ 1: [""] }] }] });
  deepEqual(shown(deep, { depth: 2, values: 99 }), { 1: [{ 1: [{ bytes: "0a00" }] }] });
  const decoded = decodeProtobuf(Uint8Array.fromHex("080108020803"), { depth: 9, values: 2 });
  deepEqual([plain(decoded!.message), decoded!.complete], [{ 1: [1, 2] }, false]);
});

Deno.test("protobuf: 1 MiB of messages in messages is read once a level, not once for every guess", () => {
  let message = new Uint8Array(0);
  for (let level = 0; level < 64; level++) {
    const filler = [0x12, 0xff, 0x7f, ...new Uint8Array(0x3fff)];
    const inner = [
      0x0a,
      0x80 | (message.length & 0x7f),
      0x80 | ((message.length >>> 7) & 0x7f),
      message.length >>> 14,
    ];
    message = new Uint8Array([...inner, ...message, ...filler]);
  }
  const start = performance.now();
  equal(decodeProtobuf(message)!.complete, true);
  ok(performance.now() - start < 2_000);
});

Deno.test("property: any bytes are a message or none", () => {
  const byte = fc.oneof(fc.constantFrom(0x0a, 0x0b, 0x0c, 8, 1, 2, 0xff), fc.integer({ min: 0, max: 255 }));
  fc.assert(fc.property(fc.array(byte), (bytes) => void decodeProtobuf(new Uint8Array(bytes))), {
    numRuns: 1000,
  });
});
