/**
 * The frame of an ELF file that nobody vouches for: its machine, what is loaded where, its sections. Every offset and
 * size is checked, every table has a limit, and nothing is read that was not asked for (agent binaries are hundreds
 * of megabytes).
 */

/** The kernel takes no more program headers than fit in 64 KiB. */
const MAX_PROGRAM_HEADER_BYTES = 64 << 10;
const MAX_SECTIONS = 4096;
const MAX_NAMES_BYTES = 1 << 20;
const MAX_NAME_BYTES = 256;
/** Holds the header and, in every file that a linker wrote, the program headers: one read for both. */
const HEAD_BYTES = 4096;
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_BYTES = 64;
const PT_LOAD = 1;
const PF_X = 1;

/** Random access to a file's bytes; a short answer means the file ends there. */
export interface ByteSource {
  read(offset: number, length: number, options?: ReadOptions): Uint8Array;
}

export interface ReadOptions {
  /** May hold the answer, which is then good until the next read into it: no garbage in a pass over a large table. */
  readonly into?: Uint8Array;
}

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly addr: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** A program header. */
export interface Segment {
  /** PT_LOAD, PT_DYNAMIC, PT_NOTE ... */
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  /** Bytes in the file. */
  readonly size: number;
  readonly executable: boolean;
}

export class ElfError extends Error {}

export class ElfFile {
  readonly machine: "x86_64" | "aarch64";
  /** Every program header. */
  readonly programHeaders: readonly Segment[];
  /** The loaded parts of the file (PT_LOAD). */
  readonly segments: readonly Segment[];
  readonly #source: ByteSource;
  readonly #head: DataView;
  #sections: readonly Section[] | null = null;
  #damage: string | null = null;

  /** Throws {@link ElfError} when the file is not a 64-bit little-endian ELF of a machine we know. */
  constructor(source: ByteSource) {
    this.#source = source;
    const bytes = source.read(0, HEAD_BYTES);
    if (bytes.length < HEADER_BYTES) throw new ElfError("it ends early");
    const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (head.getUint32(0) !== 0x7f454c46) throw new ElfError("not an ELF file");
    if (head.getUint8(4) !== 2 || head.getUint8(5) !== 1) throw new ElfError("not 64-bit little-endian");
    const machine = head.getUint16(18, true);
    if (machine !== 62 && machine !== 183) throw new ElfError(`machine ${machine} is not supported`);
    this.#head = head;
    this.machine = machine === 62 ? "x86_64" : "aarch64";
    this.programHeaders = this.#readProgramHeaders(bytes);
    this.segments = this.programHeaders.filter(({ type }) => type === PT_LOAD);
  }

  /** Empty when the file has none, or when its table makes no sense: then {@link damage} says so. */
  get sections(): readonly Section[] {
    return this.#sections ??= this.#readSections();
  }

  /** Why the section table is not to be trusted, as a clause; null when it is sound or absent. */
  get damage(): string | null {
    this.#sections ??= this.#readSections();
    return this.#damage;
  }

  /** Where the byte at a virtual address lies in the file; null when it is not from the file. */
  toFileOffset(address: number): number | null {
    const segment = this.segments.find((s) => address >= s.vaddr && address < s.vaddr + s.size);
    return segment ? address - segment.vaddr + segment.offset : null;
  }

  /** Where the instruction at a virtual address lies in the file; null when nothing executable is there. */
  toCodeOffset(address: number): number | null {
    const segment = this.segments.find((s) =>
      s.executable && address >= s.vaddr && address < s.vaddr + s.size
    );
    return segment ? address - segment.vaddr + segment.offset : null;
  }

  #readProgramHeaders(start: Uint8Array): Segment[] {
    const [at, entry, count] = [
      u64(this.#head, 32),
      this.#head.getUint16(54, true),
      this.#head.getUint16(56, true),
    ];
    if (at === 0 || count === 0) return [];
    const length = entry * count;
    if (entry < PROGRAM_HEADER_BYTES || length > MAX_PROGRAM_HEADER_BYTES) {
      throw new ElfError("its program headers make no sense");
    }
    const bytes = at + length <= start.length
      ? start.subarray(at, at + length)
      : this.#source.read(at, length);
    return entries(bytes, entry).map((view) => ({
      type: view.getUint32(0, true),
      offset: u64(view, 8),
      vaddr: u64(view, 16),
      size: u64(view, 32),
      executable: (view.getUint32(4, true) & PF_X) !== 0,
    }));
  }

  #readSections(): Section[] {
    const [at, entry, count] = [
      u64(this.#head, 40),
      this.#head.getUint16(58, true),
      this.#head.getUint16(60, true),
    ];
    if (at === 0 || count === 0) return [];
    if (entry < SECTION_BYTES || count > MAX_SECTIONS) {
      return this.#damaged("it claims an impossible section table");
    }
    const raw = entries(this.#source.read(at, entry * count), entry).map((view) => ({
      nameAt: view.getUint32(0, true),
      type: view.getUint32(4, true),
      addr: u64(view, 16),
      offset: u64(view, 24),
      size: u64(view, 32),
      link: view.getUint32(40, true),
    }));
    if (raw.length < count) return this.#damaged("its section table is cut off");
    const names = raw[this.#head.getUint16(62, true)];
    const text = names ? latin1(this.#source.read(names.offset, Math.min(names.size, MAX_NAMES_BYTES))) : "";
    return raw.map(({ nameAt, ...section }) => ({ name: cStringAt(text, nameAt), ...section }));
  }

  #damaged(reason: string): Section[] {
    this.#damage = reason;
    return [];
  }
}

/** Values above 2^53 cannot be offsets; they come out too large to match anything. */
export function u64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296;
}

function entries(bytes: Uint8Array, size: number): DataView[] {
  return Array.from(
    { length: Math.floor(bytes.length / size) },
    (_, i) => new DataView(bytes.buffer, bytes.byteOffset + i * size, size),
  );
}

function cStringAt(text: string, at: number): string {
  const end = text.indexOf("\0", at);
  return end < 0 ? "" : text.slice(at, Math.min(end, at + MAX_NAME_BYTES));
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
