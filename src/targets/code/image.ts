/** A binary's bytes by virtual address, a page at a time: code is looked at in few places of a large file. */
import type { ByteSource, ElfFile } from "../elf/elf.ts";

const PAGE_BYTES = 64 << 10;
/** So that what begins in a page can be read from it alone. */
const OVERLAP_BYTES = 4096;
const MAX_PAGES = 128;

export class Image {
  readonly #elf: ElfFile;
  readonly #source: ByteSource;
  readonly #pages = new Map<number, Uint8Array>();

  constructor({ elf, source }: { readonly elf: ElfFile; readonly source: ByteSource }) {
    this.#elf = elf;
    this.#source = source;
  }

  /** At most 4096 bytes from there; fewer, or none, where the file has no more. */
  at(address: number, length: number): Uint8Array {
    const offset = this.#elf.toFileOffset(address);
    if (offset === null) return new Uint8Array();
    const number = Math.floor(offset / PAGE_BYTES);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = this.#source.read(number * PAGE_BYTES, PAGE_BYTES + OVERLAP_BYTES);
      const oldest = this.#pages.size >= MAX_PAGES ? this.#pages.keys().next() : undefined;
      if (oldest?.done === false) this.#pages.delete(oldest.value);
      this.#pages.set(number, page);
    }
    const start = offset - number * PAGE_BYTES;
    return page.subarray(start, start + Math.min(length, OVERLAP_BYTES));
  }

  executable(address: number): boolean {
    return this.#elf.segments.some((s) => s.executable && address >= s.vaddr && address < s.vaddr + s.size);
  }
}
