/** Files of /proc that fit in one read: three system calls each, and nothing allocated for their bytes. */
import { cString } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";

const READ_BYTES = 4096;
const O_RDONLY_CLOEXEC = 0o2000000;

export class SmallFiles {
  readonly #libc: Libc;
  readonly #buffer = new Uint8Array(READ_BYTES);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** The first 4,096 bytes, valid until the next call; null when it cannot be read. */
  read(path: string): Uint8Array | null {
    const { symbols } = this.#libc;
    const fd = symbols.open(cString(path), O_RDONLY_CLOEXEC);
    if (fd < 0) return null;
    const count = Number(symbols.read(fd, this.#buffer, BigInt(READ_BYTES)));
    symbols.close(fd);
    return count > 0 ? this.#buffer.subarray(0, count) : null;
  }
}
