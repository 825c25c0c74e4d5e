/** One entry of a symbol table (Elf64_Sym). */
import { u64 } from "./elf.ts";

export const SYMBOL_BYTES = 24;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;
const SHN_COMMON = 0xfff2;

export interface ElfSymbol {
  readonly address: number;
  /** Bytes of code, as the linker recorded them; 0 when it did not. */
  readonly size: number;
  /** The address is that of a function which chooses the real one when the program is loaded. */
  readonly indirect: boolean;
}

/** The function defined by an entry; null for data, imports and everything else. */
export function functionOf(entry: DataView): ElfSymbol | null {
  const type = entry.getUint8(4) & 0xf;
  const section = entry.getUint16(6, true);
  if (type !== STT_FUNC && type !== STT_GNU_IFUNC) return null;
  if (section === SHN_UNDEF || section === SHN_ABS || section === SHN_COMMON) return null;
  return { address: u64(entry, 8), size: u64(entry, 16), indirect: type === STT_GNU_IFUNC };
}
