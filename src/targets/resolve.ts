/**
 * One executable file → every TLS implementation in it that can be hooked, and those that cannot.
 *
 * In two passes: names take well under a millisecond and are looked at in each file that any process maps; contents are
 * for programs and add-ons that carry their TLS with them, and the whole of a large one has to be read.
 */
import { ElfError, ElfFile } from "./elf/elf.ts";
import { FileSource } from "./elf/file_source.ts";
import { contents } from "./contents.ts";
import { openDebugFile } from "./symbols/debug_file.ts";
import { symbols } from "./symbols/symbols.ts";
import type { Binary, Finding } from "./target.ts";

export type Verdict =
  | ({
    readonly kind: "found";
    /** Nothing was found, and only a long look tells whether there is something. */
    readonly unfinished?: true;
  } & Finding)
  /** The file could not be reached any more: nothing is known about it. */
  | { readonly kind: "gone" }
  | { readonly kind: "unreadable"; readonly reason: string };

/** "quick": names, and contents where they are small or known from before: some ten milliseconds at most. */
export type Depth = "names" | "quick" | "contents";

export const nothing: Finding = { stacks: [], refusals: [] };

export interface ResolveOptions {
  readonly depth: Depth;
  /** Where verdicts by contents are kept. */
  readonly cache?: string;
  /** The only machine whose code is wanted: that of another cannot be hooked. */
  readonly machine?: "x86_64" | "aarch64";
}

/** Looks into a file. Never throws for what is in it. */
export function resolve(path: string, options: ResolveOptions): Verdict {
  try {
    using source = new FileSource(path);
    const binary = { elf: new ElfFile(source), source };
    if (options.machine && binary.elf.machine !== options.machine) return { kind: "found", ...nothing };
    const named = symbols(binary);
    if (options.depth === "names" || named.stacks.length > 0) return { kind: "found", ...named };
    const told = debugSymbols(binary);
    if (told.stacks.length > 0) return { kind: "found", ...told };
    const found = contents(binary, { cache: options.cache, quick: options.depth === "quick" });
    if (!found) return { kind: "found", ...named, unfinished: true };
    const refusals = found.stacks.length > 0 ? found.refusals : [...named.refusals, ...found.refusals];
    return { kind: "found", stacks: found.stacks, refusals };
  } catch (error) {
    if (error instanceof ElfError) return { kind: "found", ...nothing };
    if (error instanceof Deno.errors.NotFound) return { kind: "gone" };
    if (error instanceof Error) return { kind: "unreadable", reason: error.message };
    throw error;
  }
}

/** Only what our own system has installed: another's root may have a file system in it that never answers. */
function debugSymbols(binary: Binary): Finding {
  using debug = openDebugFile(binary, { root: "/" });
  return debug ? symbols(binary, { debug }) : nothing;
}
