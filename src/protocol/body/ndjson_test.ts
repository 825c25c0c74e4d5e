import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { NdjsonReader } from "./ndjson.ts";
import { chunks, everySplit, type Piece, read } from "./testdata/reading.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const reading = {
  reader: (options: ConstructorParameters<typeof NdjsonReader>[0]) => new NdjsonReader(options),
};
const told = { ...reading, told: (text: string) => text };

const cases: readonly (readonly [name: string, body: string, messages: readonly string[]])[] = [
  ["lines", '{"a":1}\n{"b":"é日😀"}\n', ['{"a":1}', '{"b":"é日😀"}']],
  ["CR LF, blank lines and spaces", '\r\n{"a":1}\r\n\n  \n {"b":2} \n', ['{"a":1}', '{"b":2}']],
  ["no newline at the end", '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ["nothing", "", []],
  ["newlines in strings are escaped", '{"a":"x\\ny"}\n', ['{"a":"x\\ny"}']],
  ["what is not JSON is a line too", "hello\n[1]\n", ["hello", "[1]"]],
];

for (const [name, body, messages] of cases) {
  Deno.test(`ndjson: ${name}`, () => {
    for (const pieces of everySplit(encode(body))) {
      deepEqual(read(pieces, told), { messages, lost: [], held: 0 });
    }
  });
}

Deno.test("ndjson: a line that was cut off is not told", () => {
  const { messages } = read([encode('{"a":1}\n{"b":')], { ...told, complete: false });
  deepEqual(messages, ['{"a":1}']);
});

Deno.test("ndjson: over a gap the line is dropped", () => {
  const cut: readonly (readonly [Piece[], string[]])[] = [
    [[encode('{"a":1}\n{"b"'), "gap", encode(':2}\n{"c":3}\n')], ['{"a":1}', '{"c":3}']],
    [[encode('{"a":1}\n'), "gap", encode('{"b":2}\n{"c":3}\n')], ['{"a":1}', '{"c":3}']],
    [["gap", encode('{"a"'), "gap", encode(":1}")], []],
  ];
  for (const [pieces, messages] of cut) deepEqual(read(pieces, told), { messages, lost: [], held: 0 });
});

Deno.test("ndjson: a line longer than the limit, or than the memory, is lost alone", () => {
  const body = encode('{"a":1}\n"0123456789"\n{"b":2}\n"0123456789abcdef"');
  for (const pieces of everySplit(body)) {
    const lost = ["too-large", "too-large"];
    deepEqual(read(pieces, { ...told, limit: 11 }), { messages: ['{"a":1}', '{"b":2}'], lost, held: 0 });
  }
  const pieces = chunks(body, [1]);
  deepEqual(read(pieces, { ...told, memory: 8 }).messages, ['{"a":1}', '{"b":2}']);
});

Deno.test("property: any bytes give the lines that splitting the whole text gives", () => {
  const byte = fc.oneof(
    fc.constantFrom(10, 13, 32, 0x7b, 0xc3, 0xa9, 0xf0),
    fc.integer({ min: 0, max: 255 }),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(fc.property(fc.uint8Array(), fc.array(byte), sizes, (some, more, sizes) => {
    const body = new Uint8Array([...some, ...more]);
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
    const messages = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    deepEqual(read(chunks(body, sizes), told), { messages, lost: [], held: 0 });
  }));
});
