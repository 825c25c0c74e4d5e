/**
 * One executable file → every TLS implementation in it that can be hooked, and those that cannot.
 *
 * Two passes, because the second reads the whole file: `byNames` takes well under a millisecond and is asked for each
 * file that any process maps; `byContents` is for programs and add-ons that carry their TLS with them.
 */
import { ElfError, ElfFile } from "./elf.ts";
import { FileSource } from "./file_source.ts";
import { contents } from "./contents.ts";
import { names } from "./names.ts";
import type { Finding } from "./target.ts";

export type Verdict =
  | ({ readonly kind: "found" } & Finding)
  /** The file could not be reached any more: nothing is known about it. */
  | { readonly kind: "gone" }
  | { readonly kind: "unreadable"; readonly reason: string };

export type Depth = "names" | "contents";

export const nothing: Finding = { stacks: [], refusals: [] };

/** Looks into a file. Never throws for what is in it. `cache`: where verdicts by contents are kept. */
export function resolve(path: string, options: { readonly depth: Depth; readonly cache?: string }): Verdict {
  try {
    using source = new FileSource(path);
    const binary = { elf: new ElfFile(source), source };
    const found = names(binary);
    if (options.depth === "names" || found.stacks.length > 0) return { kind: "found", ...found };
    return { kind: "found", ...contents(binary, options.cache) };
  } catch (error) {
    if (error instanceof ElfError) return { kind: "found", ...nothing };
    if (error instanceof Deno.errors.NotFound) return { kind: "gone" };
    if (error instanceof Error) return { kind: "unreadable", reason: error.message };
    throw error;
  }
}
