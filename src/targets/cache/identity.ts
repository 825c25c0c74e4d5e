/**
 * Tells files apart without reading them whole: size, build id, and blocks at the head, at the tail and evenly between.
 *
 * What remains: two files made to be alike in all of these and different between the blocks. Then the verdict on one is
 * given for the other. The cache compares the code at every hook too, so a hook still stands where the same
 * instructions stand; and a hook is only believed when what it yields is verified. Who can make such a pair can only
 * hide what his own program sends, and could do that without it.
 */
import { createHash } from "node:crypto";
import { buildId } from "../elf/build_id.ts";
import type { Binary } from "../target.ts";

const BLOCK_BYTES = 4096;
const BLOCKS = 64;

/** A file whose size is known. */
export interface SizedBinary extends Binary {
  readonly source: Binary["source"] & { readonly size: number };
}

/** SHA-256 in hexadecimal; at most 66 blocks of 4 KiB are read. */
export function identityOf(binary: SizedBinary): string {
  const { size } = binary.source;
  const hash = createHash("sha256").update(`${size} ${buildId(binary) ?? "-"} `);
  for (let i = 0; i <= BLOCKS + 1; i++) {
    const at = Math.floor(Math.max(0, size - BLOCK_BYTES) * i / (BLOCKS + 1));
    hash.update(binary.source.read(at, BLOCK_BYTES));
    if (size <= BLOCK_BYTES) break;
  }
  return hash.digest("hex");
}
