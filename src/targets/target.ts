/** What a look into an executable file can say: where plain text passes, how that was found, or why it cannot be had. */
import type { ByteSource, ElfFile } from "./elf/elf.ts";

/** A place where a probe of bpf/tls.bpf.c is attached. Offsets are file offsets. */
export interface HookPoint {
  /** The function's own name in its source, whether or not the file still has it. */
  readonly name: string;
  /** What the probe does there: a value of `TlsFunction`. */
  readonly function: number;
  readonly offset: number;
  readonly when: "entry" | "return" | "both";
  /** The function's return instructions, where a return probe must not be used (Go). */
  readonly returns?: readonly number[];
}

export type Method = "symbols" | "debug file" | "string references" | "function tables" | "Go tables";

/** One TLS implementation in a file that can be hooked. */
export interface Stack {
  readonly library: string;
  readonly method: Method;
  readonly hooks: readonly HookPoint[];
  /** What `doctor` shows: a sentence for each fact the hooks rest on. */
  readonly evidence: readonly string[];
}

/** One TLS implementation that is there and cannot be hooked. */
export interface Refusal {
  readonly library: string;
  /** Why, as a clause: "two functions look like SSL_write". */
  readonly reason: string;
  readonly evidence: readonly string[];
}

export interface Finding {
  readonly stacks: readonly Stack[];
  readonly refusals: readonly Refusal[];
}

/** An ELF file under examination. */
export interface Binary {
  readonly elf: ElfFile;
  readonly source: ByteSource;
}

/** One way to find plain text. Total: never throws for what is in the file, reads it in pieces, has limits. */
export type Finder = (binary: Binary) => Finding;
