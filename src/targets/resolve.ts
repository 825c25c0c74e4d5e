/** One executable file → the functions to hook, or why there are none. */
import { type ByteSource, ElfError, ElfFile, type Section } from "./elf.ts";
import { FileSource } from "./file_source.ts";
import { neededSymbols, openSslSymbols } from "./openssl.ts";

export type Verdict =
  | { readonly kind: "hook"; readonly method: "symbols"; readonly functions: ReadonlyMap<string, number> }
  /** No TLS in it: nothing to report. */
  | { readonly kind: "none" }
  /** The file could not be reached any more: nothing is known about it. */
  | { readonly kind: "gone" }
  /** It carries TLS that cannot be hooked yet. */
  | { readonly kind: "unsupported"; readonly reason: string };

const MARKER_SCAN_BYTES = 96 << 20;
const WINDOW_BYTES = 4 << 20;
const OVERLAP_BYTES = 64;

/** Strings that a TLS stack leaves in a binary, and what to call it. In order: the first that matches names it. */
const markers: readonly (readonly [text: string, stack: string])[] = [
  ["ssl/ssl_lib.cc", "BoringSSL without symbols"],
  ["crypto/tls.(*Conn)", "Go crypto/tls"],
  ["rustls-", "rustls"],
  ["ssl/ssl_lib.c\0", "OpenSSL without symbols"],
];

/** Looks at symbols only: fast, for every file that comes into view. Never throws for what is in the file. */
export function resolve(path: string): Verdict {
  try {
    using source = new FileSource(path);
    const functions = new ElfFile(source).functions(openSslSymbols);
    return neededSymbols.every((name) => functions.has(name))
      ? { kind: "hook", method: "symbols", functions }
      : { kind: "none" };
  } catch (error) {
    if (error instanceof ElfError) return { kind: "none" };
    if (error instanceof Deno.errors.NotFound) return { kind: "gone" };
    if (error instanceof Error) return { kind: "unsupported", reason: `cannot be read: ${error.message}` };
    throw error;
  }
}

/** Whether a file without hooks carries a TLS stack of its own; reads up to 96 MiB of constants. */
export function findHiddenTls(source: ByteSource): string | null {
  try {
    const elf = new ElfFile(source);
    const section = elf.sections.find((s) => s.name === ".rodata");
    return section ? scan(source, section) : null;
  } catch {
    // The file is judged by what can be read of it; resolve() has reported what cannot.
    return null;
  }
}

function scan(source: ByteSource, section: Section): string | null {
  const found = new Set<string>();
  const limit = Math.min(section.size, MARKER_SCAN_BYTES);
  for (let at = 0; at < limit; at += WINDOW_BYTES - OVERLAP_BYTES) {
    const window = new TextDecoder("latin1").decode(source.read(section.offset + at, WINDOW_BYTES));
    for (const [text, stack] of markers) if (window.includes(text)) found.add(stack);
  }
  return markers.find(([, stack]) => found.has(stack))?.[1] ?? null;
}
