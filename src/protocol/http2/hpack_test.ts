/** The examples of RFC 7541, appendix C, and what is not known of a table that was filled before we came. */
import assert from "node:assert/strict";
import type { Field } from "./dynamic_table.ts";
import { HpackDecoder } from "./hpack.ts";
import { HpackReader } from "./hpack_reader.ts";

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));
}

function fields(text: string): Field[] {
  return text.trim().split(/\s*\n\s*/).map((line) => {
    const [, name, value] = /^(:?[^:]+): (.*)$/.exec(line)!;
    return [name!, value!];
  });
}

Deno.test("hpack: integers (C.1)", () => {
  assert.equal(new HpackReader(bytes("0a")).integer(5), 10);
  assert.equal(new HpackReader(bytes("1f9a0a")).integer(5), 1337);
  assert.equal(new HpackReader(bytes("2a")).integer(8), 42);
  for (const hex of ["", "1f", "1f9a", "1fffffffffffffffff7f", "1f8080808080808000"]) {
    assert.equal(new HpackReader(bytes(hex)).integer(5), null, hex);
  }
});

Deno.test("hpack: single fields (C.2)", () => {
  const cases: [hex: string, field: string][] = [
    ["400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header"],
    ["040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path"],
    ["1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret"],
    ["82", ":method: GET"],
  ];
  for (const [hex, field] of cases) {
    const decoder = new HpackDecoder({ fresh: true });
    assert.deepEqual(decoder.decode(bytes(hex))?.fields, fields(field));
  }
});

const REQUESTS = [
  ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com",
  ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache",
  ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value",
];
const RESPONSES = [
  ":status: 302\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com",
  ":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\nlocation: https://www.example.com",
  `:status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\nlocation: https://www.example.com
   content-encoding: gzip\nset-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1`,
];
/** The examples' table has 256 bytes. */
const SIZE_256 = "3fe101";

const EXAMPLES: [name: string, blocks: string[], expected: string[]][] = [
  ["requests (C.3)", [
    "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
    "8286 84be 5808 6e6f 2d63 6163 6865",
    "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
  ], REQUESTS],
  ["requests, Huffman (C.4)", [
    "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
    "8286 84be 5886 a8eb 1064 9cbf",
    "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
  ], REQUESTS],
  ["responses (C.5)", [
    SIZE_256 +
    `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32
      3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
    "4803 3330 37c1 c0bf",
    `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
      6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
      2076 6572 7369 6f6e 3d31`,
  ], RESPONSES],
  ["responses, Huffman (C.6)", [
    SIZE_256 +
    `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad
      1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
    "4883 640e ffc1 c0bf",
    `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
      dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
  ], RESPONSES],
];

for (const [name, blocks, expected] of EXAMPLES) {
  Deno.test(`hpack: ${name}`, () => {
    const decoder = new HpackDecoder({ fresh: true });
    const got = blocks.map((block) => decoder.decode(bytes(block))?.fields);
    assert.deepEqual(got, expected.map(fields));
  });

  Deno.test(`hpack: ${name}, joined before each block`, () => {
    for (let joined = 1; joined < blocks.length; joined++) {
      const decoder = new HpackDecoder({ fresh: false });
      for (let i = joined; i < blocks.length; i++) {
        const whole = fields(expected[i]!);
        const got = decoder.decode(bytes(blocks[i]!))!.fields;
        assert.equal(got.length, whole.length);
        got.forEach(([field, value], at) => {
          assert.ok(field === null || field === whole[at]![0]);
          assert.ok(value === null || value === whole[at]![1]);
        });
      }
    }
  });
}

Deno.test("hpack: entries are evicted by their sizes", () => {
  const [, blocks] = EXAMPLES[2]!;
  const decoder = new HpackDecoder({ fresh: true });
  for (const block of blocks) decoder.decode(bytes(block));
  // C.5.3: three entries of 98, 52 and 65 bytes are left.
  assert.deepEqual(decoder.decode(bytes("bebfc0"))?.fields, [
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
    ["content-encoding", "gzip"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
  ]);
  assert.equal(decoder.decode(bytes("c1")), null);
});

Deno.test("hpack: the missed part of a table is unknown, what came later is not", () => {
  const decoder = new HpackDecoder({ fresh: false });
  assert.deepEqual(decoder.decode(bytes("be"))?.fields, [[null, null]]);
  // A known value under the name of index 64, which is not.
  assert.deepEqual(decoder.decode(bytes("7f01 0161"))?.fields, [[null, "a"]]);
  assert.deepEqual(decoder.decode(bytes("4001780179"))?.fields, [["x", "y"]]);
  assert.deepEqual(decoder.decode(bytes("bebfc0"))?.fields, [["x", "y"], [null, "a"], [null, null]]);
  decoder.forget();
  assert.deepEqual(decoder.decode(bytes("be"))?.fields, [[null, null]]);
});

Deno.test("hpack: a table that was made empty has nothing unknown any more", () => {
  const decoder = new HpackDecoder({ fresh: false });
  assert.deepEqual(decoder.decode(bytes("20 3fe11f 4001780179"))?.fields, [["x", "y"]]);
  assert.deepEqual(decoder.decode(bytes("be"))?.fields, [["x", "y"]]);
  assert.equal(decoder.decode(bytes("bf")), null);
});

Deno.test("hpack: entries keep their places while older ones are evicted", () => {
  const decoder = new HpackDecoder({ fresh: true });
  // Ten entries of 34 bytes fit.
  decoder.decode(bytes("3fb602"));
  for (let n = 0; n < 100; n++) {
    const value = (0x30 + n % 10).toString(16);
    decoder.decode(bytes(`40017801${value}`));
    const last = `${n % 10}`;
    const seen = Math.min(n, 9);
    assert.deepEqual(decoder.decode(Uint8Array.of(0xbe))?.fields, [["x", last]]);
    assert.deepEqual(decoder.decode(Uint8Array.of(0xbe + seen))?.fields, [["x", `${(n - seen) % 10}`]]);
  }
  assert.equal(decoder.decode(Uint8Array.of(0xbe + 10)), null);
});

Deno.test("hpack: a broken block makes the table unknown", () => {
  const broken: [name: string, hex: string][] = [
    ["index 0", "80"],
    ["an index of nothing", "bf"],
    ["an index of nothing any more", "20be"],
    ["a name of nothing", "7f000161"],
    ["no value", "0161"],
    ["a value cut off", "040c2f73"],
    ["Huffman padding of zeros", "04 8100"],
    ["an endless integer", "ffffffffffffffffffff"],
  ];
  for (const [name, hex] of broken) {
    const decoder = new HpackDecoder({ fresh: true });
    decoder.decode(bytes("4001780179"));
    assert.deepEqual(decoder.decode(bytes("be"))?.fields, [["x", "y"]]);
    assert.equal(decoder.decode(bytes(hex)), null, name);
    assert.deepEqual(decoder.decode(bytes("be"))?.fields, [[null, null]], name);
  }
});

Deno.test("hpack: a small block with a huge head is cut", () => {
  const decoder = new HpackDecoder({ fresh: true });
  const value = "61".repeat(100);
  decoder.decode(bytes(`40017864${value}`));
  const { fields, cut } = decoder.decode(new Uint8Array(65_536).fill(0xbe))!;
  assert.equal(cut, true);
  assert.equal(fields.length, Math.floor(65_536 / 102));
});
