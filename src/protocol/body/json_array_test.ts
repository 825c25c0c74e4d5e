import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { JsonArrayReader } from "./json_array.ts";
import { chunks, everySplit, read } from "./testdata/reading.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const told = {
  reader: (options: ConstructorParameters<typeof JsonArrayReader>[0]) => new JsonArrayReader(options),
  told: (text: string) => text,
};

const cases: readonly (readonly [
  name: string,
  body: string,
  messages: readonly string[],
  lost?: readonly string[],
])[] = [
  ["as Gemini sends it", '[{"a":"é"}\n,\r\n{"b":[1,{"c":"]"}]}\n]', ['{"a":"é"}', '{"b":[1,{"c":"]"}]}']],
  ["quotes and backslashes in strings", '[{"a":"\\"]}\\\\"},"x\\\\",[]]', [
    '{"a":"\\"]}\\\\"}',
    '"x\\\\"',
    "[]",
  ]],
  ["scalars", ' [1, -2.5e3 ,true,null , "a"] ', ["1", "-2.5e3", "true", "null", '"a"']],
  ["empty", " [ ] \n", []],
  ["no body", "", []],
  ["another value", '{"error":1}', [], ["unreadable"]],
  ["no comma", "[{} {}]", ["{}"], ["unreadable"]],
  ["two commas", "[1,,2]", ["1"], ["unreadable"]],
  ["a comma at the end", "[1,]", ["1"], ["unreadable"]],
  ["something behind it", "[1] 2", ["1"], ["unreadable"]],
  ["no end", '[{"a":1},{"b"', ['{"a":1}'], ["unreadable"]],
];

for (const [name, body, messages, lost = []] of cases) {
  Deno.test(`json array: ${name}`, () => {
    for (const pieces of everySplit(encode(body))) {
      deepEqual(read(pieces, told), { messages, lost, held: 0 });
    }
  });
}

Deno.test("json array: cut off, the element that has begun is not told, and nothing is wrong", () => {
  const { messages, lost } = read([encode('[{"a":1},{"b"')], { ...told, complete: false });
  deepEqual([messages, lost], [['{"a":1}'], []]);
});

Deno.test("json array: after a gap nothing is read", () => {
  const pieces = [encode('[{"a":1},{"b"'), "gap", encode(':"},{"c":2}]')] as const;
  deepEqual(read(pieces, told), { messages: ['{"a":1}'], lost: ["out-of-step"], held: 0 });
});

Deno.test("json array: an element longer than the limit is lost alone", () => {
  const body = encode('["0123456789","b",{"0123456789":{}},2]');
  for (const pieces of everySplit(body)) {
    const lost = ["too-large", "too-large"];
    deepEqual(read(pieces, { ...told, limit: 8 }), { messages: ['"b"', "2"], lost, held: 0 });
  }
});

Deno.test("property: any array, indented or not, in any pieces", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
  fc.assert(fc.property(fc.array(fc.jsonValue()), fc.nat(3), sizes, (values, indent, sizes) => {
    const body = encode(JSON.stringify(values, null, indent));
    const { messages, lost, held } = read(chunks(body, sizes), told);
    deepEqual(messages.map((text) => JSON.parse(text)), JSON.parse(JSON.stringify(values)));
    deepEqual([lost, held], [[], 0]);
  }));
});

Deno.test("property: any bytes end, and are told the same in any pieces", () => {
  const byte = fc.oneof(fc.constantFrom(...encode('[]{},"\\ 1\n')), fc.integer({ min: 0, max: 255 }));
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(fc.property(fc.array(byte), sizes, (bytes, sizes) => {
    const body = new Uint8Array([0x5b, ...bytes]);
    const whole = read([body], told);
    deepEqual(read(chunks(body, sizes), told), whole);
    equal(whole.held, 0);
  }));
});
