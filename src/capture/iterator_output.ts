/** What a BPF iterator wrote. */
import type { Libc } from "../../ffi/libc.ts";
import { concat } from "../bytes.ts";

const READ_BYTES = 64 << 10;

/** Reads a descriptor to its end, and closes it. */
export function readAll(libc: Libc, fd: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (;;) {
    const buffer = new Uint8Array(READ_BYTES);
    const count = Number(libc.symbols.read(fd, buffer, BigInt(READ_BYTES)));
    if (count <= 0) break;
    parts.push(buffer.subarray(0, count));
  }
  libc.symbols.close(fd);
  return concat(parts);
}
