/** `--exe PATH` as the kernel will see it: by device and inode. */
import type { FileKey } from "./probes.ts";

/** Throws for a path that does not exist. */
export function exeKeys(paths: readonly string[]): FileKey[] {
  return paths.map((path) => {
    const info = Deno.statSync(path);
    const dev = BigInt(info.dev);
    // User space numbers a device as major << 8 | minor with the high minor bits on top, the kernel as major << 20 | minor.
    const major = dev >> 8n & 0xfffn;
    const minor = dev & 0xffn | dev >> 12n & 0xfff00n;
    return { dev: major << 20n | minor, ino: BigInt(info.ino ?? 0) };
  });
}
