/** The functions that a file exports, found as the dynamic linker finds them. */
import { type DynamicTables, dynamicTables } from "./dynamic.ts";
import { gnuCandidates, type GnuHash, readGnuHash } from "./gnu_hash.ts";
import { type ElfSymbol, functionOf, SYMBOL_BYTES } from "./symbol_entry.ts";
import { sysvCandidates } from "./sysv_hash.ts";
import type { Binary } from "../target.ts";

const MAX_NAME_BYTES = 256;
/** Versions of one name; a real file has two or three. */
const MAX_MATCHES = 16;
/** An old version of a name, which nothing that is linked today gets (a symbol with one @). */
const VERSYM_HIDDEN = 0x8000;

export class ExportedFunctions {
  readonly #binary: Binary;
  readonly #tables: DynamicTables | null;
  readonly #gnu: GnuHash | null;

  constructor(binary: Binary) {
    this.#binary = binary;
    this.#tables = dynamicTables(binary);
    const at = this.#tables?.gnuHash ?? null;
    this.#gnu = at === null ? null : readGnuHash(binary.source, at);
  }

  /** The definitions of a name at different addresses: none, one, or several versions that are equally current. */
  find(name: string): readonly ElfSymbol[] {
    const tables = this.#tables;
    if (!tables) return [];
    const found: (ElfSymbol & { readonly hidden: boolean })[] = [];
    let matches = 0;
    for (const index of this.#candidates(tables, name)) {
      if (!this.#isNamed(tables, index, name)) continue;
      if (++matches > MAX_MATCHES) break;
      const symbol = functionOf(this.#entry(tables, index));
      if (symbol && !found.some(({ address }) => address === symbol.address)) {
        found.push({ ...symbol, hidden: this.#isHidden(tables, index) });
      }
    }
    const current = found.filter(({ hidden }) => !hidden);
    return current.length > 0 ? current : found;
  }

  #candidates(tables: DynamicTables, name: string): Iterable<number> {
    if (this.#gnu) return gnuCandidates(this.#binary.source, this.#gnu, name);
    return tables.sysvHash === null ? [] : sysvCandidates(this.#binary.source, tables.sysvHash, name);
  }

  #entry({ symbols }: DynamicTables, index: number): DataView {
    const bytes = this.#binary.source.read(symbols + index * SYMBOL_BYTES, SYMBOL_BYTES);
    // An entry behind the end of the file is the undefined symbol: all zero.
    return bytes.length < SYMBOL_BYTES
      ? new DataView(new ArrayBuffer(SYMBOL_BYTES))
      : new DataView(bytes.buffer, bytes.byteOffset, SYMBOL_BYTES);
  }

  #isNamed(tables: DynamicTables, index: number, name: string): boolean {
    const at = this.#entry(tables, index).getUint32(0, true);
    if (name.length >= MAX_NAME_BYTES || at + name.length >= tables.stringBytes) return false;
    const bytes = this.#binary.source.read(tables.strings + at, name.length + 1);
    return bytes.length === name.length + 1 && new TextDecoder("latin1").decode(bytes) === `${name}\0`;
  }

  #isHidden({ versions }: DynamicTables, index: number): boolean {
    if (versions === null) return false;
    const bytes = this.#binary.source.read(versions + index * 2, 2);
    return bytes.length === 2 && ((bytes[0]! | bytes[1]! << 8) & VERSYM_HIDDEN) !== 0;
  }
}
