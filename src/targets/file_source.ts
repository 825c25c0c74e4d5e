/** A file read at random offsets. */
import type { ByteSource } from "./elf.ts";

export class FileSource implements ByteSource, Disposable {
  readonly #file: Deno.FsFile;
  readonly #size: number;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { read: true });
    this.#size = this.#file.statSync().size;
  }

  read(offset: number, length: number): Uint8Array {
    if (!Number.isSafeInteger(offset) || offset < 0 || length <= 0) return new Uint8Array();
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.#size - offset)));
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
