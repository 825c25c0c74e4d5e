import { deepEqual } from "node:assert/strict";
import { ElfFile } from "./elf.ts";
import { ExportedFunctions } from "./exported_functions.ts";
import { sysvHash } from "./sysv_hash.ts";
import { type ElfSpec, makeElf, sourceOf } from "./testdata/make_elf.ts";

function addresses(spec: ElfSpec, name: string): number[] {
  const source = sourceOf(makeElf(spec));
  return new ExportedFunctions({ elf: new ElfFile(source), source }).find(name).map(({ address }) => address);
}

Deno.test("the System V hash is the linker's", () => {
  deepEqual([sysvHash("printf"), sysvHash("exit"), sysvHash("gnutls_record_send")], [
    0x77905a6,
    0x6cf04,
    0x72be914,
  ]);
});

for (const hash of ["gnu", "sysv"] as const) {
  Deno.test(`an exported function is found by whole name (${hash} hash)`, () => {
    const spec: ElfSpec = {
      hash,
      exported: [
        { name: "SSL_read_early_data", at: 0x1010 },
        { name: "SSL_read", at: 0x1020 },
        { name: "SSL_write", at: 0x1030 },
      ],
    };
    deepEqual(addresses(spec, "SSL_read"), [0x401020]);
    deepEqual(addresses(spec, "SSL_write"), [0x401030]);
    deepEqual(addresses(spec, "SSL_peek"), []);
    deepEqual(addresses(spec, "SSL_rea"), []);
  });
}

for (
  const [name, spec, expected] of [
    ["data of that name", [{ name: "f", at: 0x1020, type: 1 }], []],
    ["an import", [{ name: "f", at: 0, section: 0 }], []],
    ["an absolute symbol", [{ name: "f", at: 0x1020, section: 0xfff1 }], []],
    ["a current and an old version", [
      { name: "f", at: 0x1020, version: 0x8002 },
      { name: "f", at: 0x1030, version: 3 },
    ], [0x401030]],
    ["only an old version", [{ name: "f", at: 0x1020, version: 0x8002 }], [0x401020]],
    ["two current ones", [{ name: "f", at: 0x1020 }, { name: "f", at: 0x1030 }], [0x401020, 0x401030]],
    ["one function under two versions", [
      { name: "f", at: 0x1020, version: 2 },
      { name: "f", at: 0x1020, version: 3 },
    ], [0x401020]],
  ] as const
) {
  Deno.test(`${name}: ${expected.length} definitions`, () => {
    deepEqual(addresses({ exported: spec }, "f"), expected);
  });
}

Deno.test("without a hash table nothing is exported: the dynamic linker could not find it either", () => {
  deepEqual(addresses({ hash: "none", exported: [{ name: "f", at: 0x1020 }] }, "f"), []);
});

Deno.test("section headers do not matter", () => {
  const bytes = makeElf({ exported: [{ name: "f", at: 0x1020 }] });
  new DataView(bytes.buffer).setBigUint64(40, 0n, true);
  const source = sourceOf(bytes);
  deepEqual(new ExportedFunctions({ elf: new ElfFile(source), source }).find("f").length, 1);
});
