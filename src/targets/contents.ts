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

/** Looking a smaller file up on disk takes as long as looking into it. */
const CACHED_FROM_BYTES = 4 << 20;

/** `cache`: a directory of our own that keeps what was found. */
export function contents(
  binary: Binary & { readonly source: FileSource },
  cache: string | undefined,
): Finding {
  const kept = cache !== undefined && binary.source.size >= CACHED_FROM_BYTES ? openCache(cache) : null;
  if (!kept) return look(binary);
  const identity = identityOf(binary);
  const known = kept.get(binary, identity);
  if (known) return known;
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
