import { deepEqual, equal } from "node:assert/strict";
import { ringAead } from "./ring.ts";
import { TlsFunction } from "../../capture/layout.gen.ts";
import { type ConstantsSpec, DATA, makeConstants } from "./testdata/make_constants.ts";

const AES_GCM_MAX = 0xfffffffe0;
const CHACHA_MAX = 0x3fffffffc0;

/** Tables as rustc lays them out; `at` in words from the start of the constants. */
const tableAt = (at: number, functions: readonly number[], numbers: readonly number[]) =>
  [...functions, ...numbers].map((word, i): [number, number] => [DATA + (at + i) * 8, word]);

const ring17 = [
  ...tableAt(1, [0x1100, 0x1200, 0x1300], [16, 0]),
  ...tableAt(7, [0x1110, 0x1200, 0x1300], [32, 1]),
  ...tableAt(14, [0x1120, 0x1400, 0x1500], [32, 2]),
];
const ring16 = [
  ...tableAt(1, [0x1120, 0x1400, 0x1500], [32, CHACHA_MAX, 2]),
  ...tableAt(8, [0x1100, 0x1200, 0x1300], [16, AES_GCM_MAX, 0]),
  ...tableAt(14, [0x1110, 0x1200, 0x1300], [32, AES_GCM_MAX, 1]),
];
const otherRing = tableAt(40, [0x1600, 0x1700, 0x1800], [16, 0])
  .concat(tableAt(46, [0x1610, 0x1700, 0x1800], [32, 1]))
  .concat(tableAt(52, [0x1620, 0x1900, 0x1a00], [32, 2]));

const aesHooks = [
  { name: "aes_gcm_seal", function: TlsFunction.RING_SEAL, offset: 0x1200, when: "entry" },
  { name: "aes_gcm_open", function: TlsFunction.RING_OPEN, offset: 0x1300, when: "both" },
];
const allHooks = [
  ...aesHooks,
  { name: "chacha20_poly1305_seal", function: TlsFunction.RING_SEAL, offset: 0x1400, when: "entry" },
  { name: "chacha20_poly1305_open", function: TlsFunction.RING_OPEN, offset: 0x1500, when: "both" },
];

const find = (words: readonly (readonly [number, number])[], spec: Partial<ConstantsSpec> = {}) =>
  ringAead(makeConstants({ words: new Map(words), addresses: "rela", ...spec }));

for (
  const [name, words, spec] of [
    ["ring 0.17, relocated", ring17, {}],
    ["ring 0.17, addresses in place", ring17, { addresses: "plain" }],
    ["ring 0.16, relocated", ring16, {}],
    ["ring 0.17 on arm64", ring17, { machine: "aarch64" }],
    ["ring 0.17 without section names", ring17, { addresses: "plain", sections: false }],
  ] as const
) {
  Deno.test(`${name}: seal and open of both ciphers`, () => {
    const { stacks, refusals } = find(words, spec);
    deepEqual(stacks.map(({ hooks }) => hooks), [allHooks]);
    deepEqual(refusals, []);
  });
}

Deno.test("two versions of ring are both hooked", () => {
  const [stack] = find([...ring17, ...otherRing]).stacks;
  deepEqual(stack?.hooks.map(({ offset }) => offset), [
    ...[0x1200, 0x1300, 0x1700, 0x1800],
    ...[0x1400, 0x1500, 0x1900, 0x1a00],
  ]);
});

Deno.test("a cipher that is not linked in is not missed", () => {
  const { stacks, refusals } = find(ring17.slice(0, 10));
  deepEqual(stacks.map(({ hooks }) => hooks), [aesHooks]);
  deepEqual(refusals, []);
});

for (
  const [name, words] of [
    ["no constants", []],
    ["one key length only", ring17.slice(0, 5)],
    ["ChaCha20 alone", ring17.slice(10)],
    ["other functions for the other key length", [
      ...ring17.slice(0, 5),
      ...tableAt(7, [0x1110, 0x1208, 0x1308], [32, 1]),
    ]],
    ["a function that is not code", [
      ...ring17.slice(0, 5),
      ...tableAt(7, [0x1110, 0x1200, 0x2300], [32, 1]),
    ]],
    [
      "one init for both key lengths",
      [...ring17.slice(0, 5), ...tableAt(7, [0x1100, 0x1200, 0x1300], [32, 1])],
    ],
    ["numbers that only begin the same", tableAt(1, [0x1100, 0x1200, 0x1300], [2 ** 32 + 16, 0])],
  ] as const
) {
  Deno.test(`nothing is found: ${name}`, () => {
    deepEqual(find(words), { stacks: [], refusals: [] });
  });
}

Deno.test("a third table with the same functions: refused", () => {
  const { stacks, refusals } = find([...ring17, ...tableAt(30, [0x1130, 0x1200, 0x1300], [32, 1])]);
  deepEqual(stacks, []);
  equal(refusals[0]?.reason, "more tables look like AES-GCM than ring has");
});

Deno.test("two tables for ChaCha20 and one ring: AES-GCM is hooked, the rest refused", () => {
  const { stacks, refusals } = find([...ring17, ...tableAt(30, [0x1600, 0x1700, 0x1800], [32, 2])]);
  deepEqual(stacks.map(({ hooks }) => hooks), [aesHooks]);
  equal(refusals[0]?.reason, "several tables look like ChaCha20-Poly1305");
});

Deno.test("half relocated, half not: no table", () => {
  // As ring 0.17 lies on arm64: the id of one table before the functions of the next.
  const quic = tableAt(18, [2, 0x1600, 0x1700], [32, 2]);
  deepEqual(find([...ring17, ...quic]).refusals, []);
});

Deno.test("a file full of candidates is refused, and soon", () => {
  const words = new Map(Array.from({ length: 40_000 }, (_, i) => [DATA + i * 8, i % 5 === 3 ? 16 : 0]));
  const { refusals } = ringAead(makeConstants({ words, addresses: "plain" }));
  equal(refusals[0]?.reason, "its constants are more than a program has");
});
