/** A file as the kernel numbers it, which stat does not tell on every file system (btrfs, overlays). */
import type { Libc } from "../../ffi/libc.ts";
import { cString } from "../../ffi/libbpf.ts";
import { mappedFiles } from "./mapped_files.ts";
import type { FileKey } from "./probes.ts";

const O_RDONLY_CLOEXEC = 0o2000000;
const PROT_READ_EXEC = 5;
const MAP_PRIVATE = 2;
const PAGE_BYTES = 1n;

/** Maps the file for a moment and reads its name in our own mappings; null when it cannot be mapped. */
export function fileKey(libc: Libc, path: string): FileKey | null {
  const { open, mmap, munmap, close } = libc.symbols;
  const fd = open(cString(path), O_RDONLY_CLOEXEC);
  if (fd < 0) return null;
  const address = mmap(null, PAGE_BYTES, PROT_READ_EXEC, MAP_PRIVATE, fd, 0n);
  close(fd);
  const from = BigInt.asIntN(64, BigInt(Deno.UnsafePointer.value(address)));
  if (from === -1n) return null;
  const key = mappedFiles("self").find((file) => file.from === from)?.key ?? null;
  munmap(address, PAGE_BYTES);
  return key;
}
