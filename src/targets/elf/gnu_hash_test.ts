import { deepEqual, equal, ok } from "node:assert/strict";
import type { ByteSource } from "./elf.ts";
import { gnuCandidates, gnuHash, readGnuHash } from "./gnu_hash.ts";
import { sourceOf } from "./testdata/make_elf.ts";

Deno.test("the hash is the linker's", () => {
  equal(gnuHash(""), 0x1505);
  equal(gnuHash("printf"), 0x156b2bb8);
  equal(gnuHash("exit"), 0x7c967e3f);
});

/** One bucket and one symbol, at index 1. */
function table(name: string, bloom: [number, number] = [0xffffffff, 0xffffffff]): Uint8Array {
  const words = [1, 1, 1, 6, ...bloom, 1, (gnuHash(name) | 1) >>> 0];
  return new Uint8Array(Uint32Array.from(words).buffer);
}

function candidates(source: ByteSource, name: string): number[] {
  const hash = readGnuHash(source, 0);
  return hash ? [...gnuCandidates(source, hash, name)] : [];
}

Deno.test("a name is found by its hash", () => {
  deepEqual(candidates(sourceOf(table("SSL_read")), "SSL_read"), [1]);
  deepEqual(candidates(sourceOf(table("SSL_read")), "SSL_write"), []);
});

Deno.test("the filter answers for names that are not there, in one read", () => {
  const source = sourceOf(table("SSL_read", [0, 0]));
  deepEqual(candidates(source, "SSL_read"), []);
  equal(source.bytesRead, 16 + 8);
});

Deno.test("a chain without an end is left", () => {
  let reads = 0;
  const endless: ByteSource = {
    read(offset, length) {
      reads++;
      const bytes = new Uint8Array(length).fill(offset >= 16 && offset < 24 ? 0xff : 0);
      if (offset === 0) bytes.set([1, 0, 0, 0, 0, 0, 0, 0, 1]);
      return bytes;
    },
  };
  deepEqual(candidates(endless, "SSL_read"), []);
  ok(reads > 10 && reads < 100);
});

for (
  const [name, words] of [
    ["no buckets", [0, 1, 1, 6]],
    ["no filter", [1, 1, 0, 6]],
    ["millions of buckets", [0x7fffffff, 1, 1, 6]],
  ] as const
) {
  Deno.test(`${name}: no table`, () => {
    equal(readGnuHash(sourceOf(new Uint8Array(Uint32Array.from(words).buffer)), 0), null);
  });
}

Deno.test("a table that is cut off holds nothing more", () => {
  const bytes = table("SSL_read");
  for (let length = 0; length < bytes.length; length++) {
    deepEqual(candidates(sourceOf(bytes.subarray(0, length)), "SSL_read"), []);
  }
});
