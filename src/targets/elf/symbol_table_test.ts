import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type ByteSource, ElfFile } from "./elf.ts";
import { NameSearch } from "./name_search.ts";
import { searchSymbolTable, type TableSearch } from "./symbol_table.ts";
import { makeElf, sourceOf, type SymbolSpec } from "./testdata/make_elf.ts";

const wanted = new NameSearch({ exact: ["SSL_read", "SSL_write"], prefixed: ["EVP_AEAD_CTX_seal"] });

function search(source: ByteSource): TableSearch {
  return searchSymbolTable({ elf: new ElfFile(source), source }, wanted);
}

function found(table: readonly SymbolSpec[]): [string, number[]][] {
  const { functions } = search(sourceOf(makeElf({ table })));
  return [...functions].map(([name, definitions]) => [name, definitions.map(({ address }) => address)]);
}

for (
  const [name, table, expected] of [
    ["whole names", [{ name: "SSL_read_early_data", at: 0x1010 }, { name: "SSL_read", at: 0x1020 }], [
      ["SSL_read", [0x401020]],
    ]],
    ["a name within another's", [{ name: "wolfSSL_read", at: 0x1010 }], []],
    ["a name with its version", [{ name: "SSL_read@@OPENSSL_3.0.0", at: 0x1010 }], [["SSL_read", [
      0x401010,
    ]]]],
    ["two copies", [{ name: "SSL_read", at: 0x1010 }, { name: "SSL_read", at: 0x1020 }], [
      ["SSL_read", [0x401010, 0x401020]],
    ]],
    ["one place named twice", [{ name: "SSL_read", at: 0x1010 }, { name: "SSL_read", at: 0x1010 }], [
      ["SSL_read", [0x401010]],
    ]],
    ["a prefix", [{ name: "aws_lc_0_30_0_EVP_AEAD_CTX_seal", at: 0x1010 }], [
      ["aws_lc_0_30_0_EVP_AEAD_CTX_seal", [0x401010]],
    ]],
    ["a prefix that is none", [{ name: "xEVP_AEAD_CTX_seal", at: 0x1010 }], []],
    ["a prefix where none is expected", [{ name: "my_SSL_read", at: 0x1010 }], []],
    ["an import and data", [{ name: "SSL_read", at: 0, section: 0 }, {
      name: "SSL_write",
      at: 0x1010,
      type: 1,
    }], []],
  ] as const
) {
  Deno.test(`${name} in a symbol table`, () => deepEqual(found(table), expected));
}

Deno.test("a name stored as the tail of another is found: linkers share them", () => {
  const bytes = makeElf({ table: [{ name: "wolfSSL_read", at: 0x1010 }] });
  const { offset } = new ElfFile(sourceOf(bytes)).sections.find((section) => section.name === ".symtab")!;
  new DataView(bytes.buffer).setUint32(offset + 24, 1 + "wolf".length, true);
  deepEqual([...search(sourceOf(bytes)).functions.keys()], ["SSL_read"]);
});

/** A file whose tables are computed when read: `stringBytes` of filler with one name at the end, as many symbols. */
function endless({ stringBytes, symbolBytes }: { stringBytes: number; symbolBytes: number }) {
  const bytes = makeElf({ table: [{ name: "SSL_read", at: 0x1010 }] });
  const elf = new ElfFile(sourceOf(bytes));
  const headers = Number(new DataView(bytes.buffer).getBigUint64(40, true));
  const strings = 1e12;
  const symbols = 2e12;
  const view = new DataView(bytes.buffer);
  const place = (name: string, offset: number, size: number) => {
    const at = headers + elf.sections.findIndex((section) => section.name === name) * 64;
    view.setBigUint64(at + 24, BigInt(offset), true);
    view.setBigUint64(at + 32, BigInt(size), true);
  };
  place(".symtab", symbols, symbolBytes);
  place(".strtab", strings, stringBytes);
  const name = new TextEncoder().encode("\0SSL_read\0");
  const source = {
    largest: 0,
    read(offset: number, length: number): Uint8Array {
      this.largest = Math.max(this.largest, length);
      if (offset < strings) return bytes.subarray(offset, offset + length);
      const part = new Uint8Array(length);
      if (offset >= symbols) {
        const last = symbols + symbolBytes - 24 - offset;
        const entry = new DataView(part.buffer);
        if (last >= 0 && last + 24 <= length) {
          entry.setUint32(last, stringBytes - name.length + 1, true);
          entry.setUint8(last + 4, 2);
          entry.setUint16(last + 6, 1, true);
          entry.setBigUint64(last + 8, 0x401010n, true);
        }
      } else {
        const at = strings + stringBytes - name.length - offset;
        if (at < length) part.set(name.subarray(Math.max(0, -at), length - at), Math.max(0, at));
      }
      return part;
    },
  };
  return source;
}

Deno.test("large tables are read to their end, in pieces", () => {
  const source = endless({ stringBytes: 5_000_000, symbolBytes: 24 * 100_000 });
  deepEqual([...search(source).functions.keys()], ["SSL_read"]);
  ok(source.largest <= 1 << 20);
});

for (
  const [name, sizes] of [
    ["a 500 MB string table", { stringBytes: 500e6, symbolBytes: 24 }],
    ["100 million symbols", { stringBytes: 100, symbolBytes: 24e8 }],
    ["a table of 2^60 bytes", { stringBytes: 2 ** 60, symbolBytes: 24 }],
  ] as const
) {
  Deno.test(`${name} is said to be too large and not read`, () => {
    const source = endless(sizes);
    const { functions, limit } = search(source);
    equal(functions.size, 0);
    match(limit ?? "", /too large \(\d+ MB\)/);
    ok(source.largest <= 4096);
  });
}

Deno.test("names repeated without end: nothing is believed", () => {
  const table = Array.from({ length: 5000 }, () => ({ name: "SSL_read", at: 0x1010 }));
  match(search(sourceOf(makeElf({ table }))).limit ?? "", /without end/);
});

Deno.test("strings that are no strings, and two tables, make no sense", () => {
  for (const damage of [{ at: 40, value: 1 }, { at: 40, value: 99 }]) {
    const bytes = makeElf({ table: [{ name: "SSL_read", at: 0x1010 }] });
    const headers = Number(new DataView(bytes.buffer).getBigUint64(40, true));
    new DataView(bytes.buffer).setUint32(headers + 64 + damage.at, damage.value, true);
    match(search(sourceOf(bytes)).limit ?? "", /makes no sense/);
  }
  const bytes = makeElf({ table: [{ name: "SSL_read", at: 0x1010 }] });
  const headers = Number(new DataView(bytes.buffer).getBigUint64(40, true));
  new DataView(bytes.buffer).setUint32(headers + 3 * 64 + 4, 2, true);
  match(search(sourceOf(bytes)).limit ?? "", /makes no sense/);
});
