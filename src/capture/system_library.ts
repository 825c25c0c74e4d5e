/**
 * Whether a file is one of the system's own shared libraries: those are known by their names, or have no TLS of their
 * own. Not what lies deeper: agents are installed in /usr/lib/node_modules.
 */
import type { FileKey } from "./probes.ts";

export const systemLibrary = /^\/(?:usr\/)?lib(?:32|64)?\/(?:[^/]*-linux-[^/]*\/)?[^/]+\.so(?:\.[^/]*)?$/;

/** The path is as its process sees it, which may be in a container: the file itself must be ours, and root's. */
export function isSystemLibrary(path: string, key: FileKey): boolean {
  if (!systemLibrary.test(path)) return false;
  try {
    const { ino, uid } = Deno.statSync(path);
    return uid === 0 && ino !== null && BigInt(ino) === key.ino;
  } catch {
    return false;
  }
}
