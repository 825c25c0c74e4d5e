/** `--exe PATH` as the kernel will see it. */
import type { Libc } from "../../ffi/libc.ts";
import { fileKey } from "./file_key.ts";
import type { FileKey } from "./probes.ts";

/** Throws for a path that cannot be read. */
export function exeKeys(libc: Libc, paths: readonly string[]): FileKey[] {
  return paths.map((path) => {
    const key = fileKey(libc, path);
    if (key === null) {
      throw new Error(`Cannot select ${path}: it cannot be read. Give the path of an executable file`);
    }
    return key;
  });
}
