import { equal, ok } from "node:assert/strict";
import type { ByteSource, Section } from "./elf.ts";
import { gnuHash, lookup } from "./gnu_hash.ts";

Deno.test("the hash is the linker's", () => {
  equal(gnuHash(""), 0x1505);
  equal(gnuHash("printf"), 0x156b2bb8);
  equal(gnuHash("exit"), 0x7c967e3f);
});

const section = (offset: number, size: number): Section => ({
  name: "",
  type: 0,
  addr: 0,
  offset,
  size,
  link: 0,
});

/** One bucket, one symbol at index 1, at fixed offsets: hash at 0, symbols at 0x100, strings at 0x200. */
function tables(name: string): Uint8Array {
  const bytes = new Uint8Array(0x300);
  const view = new DataView(bytes.buffer);
  [1, 1, 1, 0].forEach((word, i) => view.setUint32(i * 4, word, true));
  view.setUint32(24, 1, true);
  view.setUint32(28, (gnuHash(name) | 1) >>> 0, true);
  view.setUint32(0x100 + 24, 1, true);
  view.setUint32(0x100 + 24 + 8, 0x1234, true);
  bytes.set(new TextEncoder().encode(`\0${name}\0`), 0x200);
  return bytes;
}

const where = { hash: section(0, 0x100), symbols: section(0x100, 48), strings: section(0x200, 0x40) };

function source(bytes: Uint8Array): ByteSource & { reads: number } {
  return {
    reads: 0,
    read(offset: number, length: number) {
      this.reads++;
      return bytes.subarray(offset, offset + length);
    },
  };
}

Deno.test("a name is found by its hash and its text", () => {
  const symbol = lookup(source(tables("SSL_read")), where, "SSL_read");
  equal(symbol?.getUint32(8, true), 0x1234);
  equal(lookup(source(tables("SSL_read")), where, "SSL_write"), null);
});

Deno.test("an equal hash with another text is another name", () => {
  const bytes = tables("SSL_read");
  bytes[0x203] = 0x5f;
  equal(lookup(source(bytes), where, "SSL_read"), null);
});

Deno.test("a chain without an end is left", () => {
  const endless = source(new Uint8Array());
  endless.read = function (offset, length) {
    this.reads++;
    const bytes = new Uint8Array(length);
    if (offset === 0) new DataView(bytes.buffer).setUint32(0, 1, true);
    return bytes;
  };
  equal(lookup(endless, where, "SSL_read"), null);
  ok(endless.reads < 10_000);
});

Deno.test("tables that are cut off hold nothing", () => {
  const bytes = tables("SSL_read");
  for (let length = 0; length < bytes.length; length += 3) {
    lookup(source(bytes.subarray(0, length)), where, "SSL_read");
  }
});
