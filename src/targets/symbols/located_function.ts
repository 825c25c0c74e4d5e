/** From the definitions of a name to the one place a hook may be put. */
import type { ElfFile } from "../elf/elf.ts";
import type { ElfSymbol } from "../elf/symbol_entry.ts";

export interface Place {
  /** File offset of the first instruction. */
  readonly offset: number;
  /** Bytes of code, 0 when not recorded. */
  readonly size: number;
  readonly exported: boolean;
}

/** A place, or why there is none although the name is defined. */
export type Located = Place | { readonly reason: string };

export interface Definitions {
  readonly exported: readonly ElfSymbol[];
  /** In the symbol table, where exported ones stand too. */
  readonly local: readonly ElfSymbol[];
}

/** Null when the name is not defined. What is exported is what the name means; others of that name are private copies. */
export function locate(elf: ElfFile, name: string, { exported, local }: Definitions): Located | null {
  const definitions = exported.length > 0 ? exported : local;
  const [symbol] = definitions;
  if (!symbol) return null;
  if (definitions.length > 1) return { reason: `${definitions.length} functions are called ${name}` };
  if (symbol.indirect) return { reason: `which code ${name} runs is chosen when the program is loaded` };
  const offset = elf.toCodeOffset(symbol.address);
  if (offset === null) return { reason: `${name} does not lie in code` };
  return { offset, size: symbol.size, exported: exported.length > 0 };
}
