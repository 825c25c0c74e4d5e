import { equal } from "node:assert/strict";
import { buildId } from "./build_id.ts";
import { ElfFile } from "./elf.ts";
import { makeElf, sourceOf } from "./testdata/make_elf.ts";

const id = "0123456789abcdef0123456789abcdef01234567";

function idOf(bytes: Uint8Array): string | null {
  const source = sourceOf(bytes);
  return buildId({ elf: new ElfFile(source), source });
}

Deno.test("the build id is read from the note", () => {
  equal(idOf(makeElf({ buildId: id })), id);
  equal(idOf(makeElf({})), null);
});

for (
  const [name, at, value] of [
    ["another type of note", 8, 1],
    ["another owner", 12, 0x58585858],
    ["a name without an end", 0, 0xffffffff],
    ["an id without an end", 4, 0xffffffff],
    ["an empty id", 4, 0],
  ] as const
) {
  Deno.test(`${name} is no build id`, () => {
    const bytes = makeElf({ buildId: id });
    const note = new ElfFile(sourceOf(bytes)).sections.find((section) => section.name.startsWith(".note"))!;
    new DataView(bytes.buffer).setUint32(note.offset + at, value, true);
    equal(idOf(bytes), null);
  });
}
