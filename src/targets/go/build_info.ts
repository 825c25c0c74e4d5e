/**
 * Which Go release built a program, for people to read: what is done with it rests on the function table and the code.
 *
 * Layout, at a multiple of 16: "\xff Go buildinf:", u8 pointer size, u8 flags, then with flag 2 (Go 1.18) at +32 the
 * version as a string behind its LEB128 length; before that at +16 the address of a string's (address, length).
 */
import { u64 } from "../elf/elf.ts";
import type { Binary } from "../target.ts";
import { type Extent, view } from "../elf/windows.ts";

const MAGIC = "\xff Go buildinf:";
const ALIGNMENT = 16;
/** As Go's own reader: the linker puts it at the start of the data. */
const SEARCH_BYTES = 64 << 10;
const MAX_SEGMENTS = 16;
const MAX_VERSION_BYTES = 128;
const INLINE = 2;

/** `go1.22.5`, or null when the file does not say. */
export function goVersion({ elf, source }: Binary): string | null {
  const section = elf.sections.find(({ name }) => name === ".go.buildinfo");
  const places: readonly Extent[] = section
    ? [section]
    : elf.segments.filter(({ executable }) => !executable);
  for (const place of places.slice(0, MAX_SEGMENTS)) {
    const bytes = source.read(place.offset, Math.min(place.size, SEARCH_BYTES));
    const text = new TextDecoder("latin1").decode(bytes);
    for (let at = text.indexOf(MAGIC); at >= 0; at = text.indexOf(MAGIC, at + 1)) {
      if (at % ALIGNMENT === 0) return versionAt({ elf, source }, place.offset + at);
    }
  }
  return null;
}

/** The release of Go 1 that a version names: 22 for `go1.22.5`. */
export function release(version: string): number {
  return Number(/^go1\.(\d+)/.exec(version)?.[1]);
}

function versionAt(binary: Binary, offset: number): string | null {
  const flags = view(binary.source, offset + 15, 1)?.getUint8(0) ?? 0;
  const bytes = flags & INLINE
    ? binary.source.read(offset + 33, MAX_VERSION_BYTES)
    : referred(binary, offset);
  // Only what has the form of a version is shown: the file may say anything. "devel go1.25-1a2b3c" is in use too.
  return /^(?:devel )?(go1\.\d{1,3}(?:\.\d{1,3}|(?:rc|beta)\d{1,2})?)/.exec(new TextDecoder().decode(bytes))
    ?.[1] ?? null;
}

function referred({ elf, source }: Binary, offset: number): Uint8Array {
  const follow = (from: number) => {
    const address = view(source, from, 8);
    return address && elf.toFileOffset(u64(address, 0));
  };
  const string = follow(offset + 16);
  const text = string === null ? null : follow(string);
  return text === null ? new Uint8Array() : source.read(text, MAX_VERSION_BYTES);
}
