/** The executable files a process has mapped, with paths that open the very file, deleted or in another namespace. */
import type { FileKey } from "./probes.ts";

export interface MappedFile {
  readonly key: FileKey;
  /** Opens the mapped file itself. */
  readonly open: string;
  /** Its name in the process's mount namespace; a plain chroot does not shorten it. */
  readonly path: string;
  readonly from: bigint;
}

const line = /^([0-9a-f]+)-([0-9a-f]+) ..x. [0-9a-f]+ ([0-9a-f]+):([0-9a-f]+) (\d+) +(\/.*)$/;

/** Empty for a process that has ended. Each file once. */
export function mappedFiles(pid: number | "self"): MappedFile[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/maps`);
  } catch {
    return [];
  }
  const files = new Map<string, MappedFile>();
  for (const entry of text.split("\n")) {
    const match = line.exec(entry);
    if (!match) continue;
    const [, from = "", to = "", major = "", minor = "", ino = "", path = ""] = match;
    const key = { dev: BigInt(parseInt(major, 16)) << 20n | BigInt(parseInt(minor, 16)), ino: BigInt(ino) };
    const name = `${key.dev}:${key.ino}`;
    if (files.has(name)) continue;
    files.set(name, {
      key,
      open: `/proc/${pid}/map_files/${unpadded(from)}-${unpadded(to)}`,
      path: path.replace(/ \(deleted\)$/, ""),
      from: BigInt(`0x${from}`),
    });
  }
  return [...files.values()];
}

/** maps pads low addresses (a program that is not position-independent, node) to eight digits; map_files does not. */
function unpadded(address: string): string {
  return address.replace(/^0+(?=.)/, "");
}
