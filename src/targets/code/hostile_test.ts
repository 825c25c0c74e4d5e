import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Finding } from "../target.ts";
import { strippedLibraries } from "./finders.ts";
import { binaryOf, makeElf, readProgram } from "./testdata/programs.ts";

const CODE = 0x10000;
const CONSTANTS = 0x20000;
const text = (...parts: readonly string[]) => new TextEncoder().encode(parts.join("\0") + "\0");
const names = text(
  "vendor/boringssl/ssl/ssl_lib.cc",
  "/aws-lc/crypto/fipsmodule/cipher/aead.c",
  "ssl/ssl_lib.c",
  "SSL_read",
  "SSL_write",
  "ssl_read_internal",
);

function find(bytes: Uint8Array): Finding {
  try {
    return strippedLibraries(binaryOf(bytes));
  } catch (error) {
    // Its frame is not ours to read.
    if (error instanceof Error && error.constructor.name === "ElfError") return { stacks: [], refusals: [] };
    throw error;
  }
}

/** Code that refers to the strings, with anything around it. */
const instruction = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }),
  fc.integer({ min: 0, max: names.length }).map((at) =>
    Uint8Array.of(0xb9, at & 255, at >> 8, CONSTANTS >> 16, 0)
  ),
  fc.integer({ min: 0, max: 330 }).map((reason) => Uint8Array.of(0xba, reason & 255, reason >> 8, 0, 0)),
  fc.constantFrom([0xbf, 16, 0, 0, 0], [0xbf, 30, 0, 0, 0], [0xc3, 0xcc], [0x55], [0x5d], [0xe8, 0, 0, 0, 0])
    .map((bytes) => Uint8Array.from(bytes)),
);

Deno.test("random code never throws and never gives a stack", () => {
  fc.assert(
    fc.property(fc.array(instruction, { maxLength: 400 }), fc.constantFrom(62, 183), (parts, machine) => {
      const code = Uint8Array.from(parts.flatMap((part) => [...part]));
      const bytes = makeElf([
        { address: CODE, bytes: code, executable: true },
        { address: CONSTANTS, bytes: names, executable: false },
      ], { machine });
      deepEqual(find(bytes).stacks, []);
    }),
    { numRuns: 300 },
  );
});

for (const name of ["boringssl-x64", "boringssl-arm64", "aead-x64-small", "openssl30-x64"]) {
  Deno.test(`${name}, damaged anywhere, never throws`, () => {
    const good = readProgram(name);
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.integer({ min: 0, max: 9 }), (changes, cut) => {
        const bytes = cut === 0 ? good.slice(0, good.length / 2) : good.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        ok(find(bytes));
      }),
      { numRuns: 200 },
    );
  });
}

Deno.test("a file that repeats the strings is refused", () => {
  const many = text(...new Array(300).fill("SSL_read"));
  const { stacks, refusals } = find(makeElf([{ address: CONSTANTS, bytes: many, executable: false }]));
  deepEqual([stacks, refusals.map(({ reason }) => reason)], [[], [
    "too many strings of a TLS library, or constants not laid out as a program's are",
  ]]);
});

Deno.test("segments that lie on each other, or where nothing can, are refused", () => {
  const part = { address: CODE, bytes: new Uint8Array(64).fill(0x90), executable: true };
  const constants = { address: CONSTANTS, bytes: names, executable: false };
  for (const other of [part, { ...part, address: 2 ** 62 }, { ...part, address: 2 ** 40, size: 2 ** 39 }]) {
    const { stacks, refusals } = find(makeElf([part, other, constants]));
    deepEqual([stacks.length, refusals.length], [0, 1]);
  }
});
