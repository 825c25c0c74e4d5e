/** The name a linker gave to one build of a file (NT_GNU_BUILD_ID). Anybody can copy it into another file. */
import type { Binary } from "../target.ts";

const SHT_NOTE = 7;
const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
const MAX_NOTE_BYTES = 64 << 10;
const MAX_PLACES = 32;
const MAX_NOTES = 256;
const HEADER_BYTES = 12;
/** Linkers write 8, 16 or 20. */
const ID_BYTES = { least: 4, most: 64 };

/** In hexadecimal; null when the file has none. */
export function buildId({ elf, source }: Binary): string | null {
  const places = [
    // First, because the program headers of a debug file are those of the original and point nowhere.
    ...elf.sections.filter(({ type }) => type === SHT_NOTE),
    ...elf.programHeaders.filter(({ type }) => type === PT_NOTE),
  ];
  for (const { offset, size } of places.slice(0, MAX_PLACES)) {
    const id = inNotes(source.read(offset, Math.min(size, MAX_NOTE_BYTES)));
    if (id) return id;
  }
  return null;
}

function inNotes(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (let i = 0; i < MAX_NOTES && at + HEADER_BYTES <= bytes.length; i++) {
    const [nameBytes, length, type] = [
      view.getUint32(at, true),
      view.getUint32(at + 4, true),
      view.getUint32(at + 8, true),
    ];
    const name = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameBytes);
    const start = at + HEADER_BYTES + aligned(nameBytes);
    const id = bytes.subarray(start, start + length);
    const isOurs = type === NT_GNU_BUILD_ID && new TextDecoder("latin1").decode(name) === "GNU\0";
    if (isOurs && id.length === length && length >= ID_BYTES.least && length <= ID_BYTES.most) {
      return id.toHex();
    }
    at = start + aligned(length);
  }
  return null;
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
