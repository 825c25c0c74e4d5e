/** A file read at random offsets. */
import { type ByteSource, ElfError, type ReadOptions } from "./elf.ts";

export class FileSource implements ByteSource, Disposable {
  /** Bytes when it was opened; it may have shrunk since. */
  readonly size: number;
  readonly #file: Deno.FsFile;

  /** Throws {@link ElfError} for what is not a regular file: to open a pipe would wait for its writer. */
  constructor(path: string) {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile) throw new ElfError("not a regular file");
    this.size = size;
    this.#file = Deno.openSync(path, { read: true });
  }

  read(offset: number, length: number, { into }: ReadOptions = {}): Uint8Array {
    if (!Number.isSafeInteger(offset) || offset < 0 || !(length > 0)) return new Uint8Array();
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = into && into.length >= wanted ? into.subarray(0, wanted) : new Uint8Array(wanted);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < bytes.length) {
      const count = this.#file.readSync(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
