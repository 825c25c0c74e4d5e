/** TLS that is only in a file's code and constants. */
import { strippedLibraries } from "./code/finders.ts";
import type { FileSource } from "./elf/file_source.ts";
import { goTls } from "./go/go_tls.ts";
import { identityOf } from "./cache/identity.ts";
import { ringAead } from "./rust/ring.ts";
import type { Binary, Finder, Finding } from "./target.ts";
import { VerdictCache } from "./cache/verdict_cache.ts";

/** Each may find something: a program may speak TLS in several ways. */
const finders: readonly Finder[] = [goTls, strippedLibraries, ringAead];

/** Looking into a smaller file takes no longer than looking it up on disk. */
const LARGE_BYTES = 4 << 20;

export interface ContentsOptions {
  /** A directory of our own that keeps what was found. */
  readonly cache?: string | undefined;
  /** Null instead of a long look. */
  readonly quick: boolean;
}

export function contents(
  binary: Binary & { readonly source: FileSource },
  { cache, quick }: ContentsOptions,
): Finding | null {
  if (binary.source.size < LARGE_BYTES) return look(binary);
  const kept = cache === undefined ? null : openCache(cache);
  if (!kept) return quick ? null : look(binary);
  const identity = identityOf(binary);
  const known = kept.get(binary, identity);
  if (known || quick) return known;
  const finding = look(binary);
  kept.put(binary, identity, finding);
  return finding;
}

function look(binary: Binary): Finding {
  const findings = finders.map((find) => find(binary));
  return {
    stacks: findings.flatMap(({ stacks }) => stacks),
    refusals: findings.flatMap(({ refusals }) => refusals),
  };
}

/** Without a place to keep it, everything is found again. */
function openCache(directory: string): VerdictCache | null {
  try {
    return new VerdictCache(directory);
  } catch {
    return null;
  }
}
