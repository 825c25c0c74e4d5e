/** Which parts of a file to read, and the reading of them in windows. */
import { windows as pieces } from "../elf/windows.ts";
import type { Binary } from "../target.ts";

/** More than the largest agent has; a file that claims more wants to keep us busy. */
const MAX_CODE_BYTES = 512 << 20;
const MAX_CONSTANT_BYTES = 512 << 20;
/** User space ends here; beyond 2^53 sums are not exact. */
const MAX_ADDRESS = 2 ** 47;
/** Under every length limit: no string or instruction looked for is longer. */
const OVERLAP_BYTES = 512;

export interface Range {
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

/** The executable parts; null when they are not what a program has. */
export function codeRanges({ elf }: Binary): readonly Range[] | null {
  return bounded(
    elf.segments.filter((s) => s.executable).map(({ vaddr, offset, size }) => ({
      address: vaddr,
      offset,
      size,
    })),
    MAX_CODE_BYTES,
  );
}

/** Where string constants lie: the read-only data sections, or all of a file that does not name them. */
export function constantRanges({ elf }: Binary): readonly Range[] | null {
  const sections = elf.sections.filter(({ name, addr, offset }) =>
    /^\.l?rodata/.test(name) && elf.toFileOffset(addr) === offset
  );
  const parts = sections.length > 0
    ? sections.map(({ addr, offset, size }) => ({ address: addr, offset, size }))
    : elf.segments.map(({ vaddr, offset, size }) => ({ address: vaddr, offset, size }));
  return bounded(parts, MAX_CONSTANT_BYTES);
}

/** Null also when parts lie on each other or where no process can have them. */
function bounded(parts: readonly Range[], limit: number): readonly Range[] | null {
  let total = 0;
  let end = 0;
  for (const { address, size } of parts.toSorted((a, b) => a.address - b.address)) {
    if (address < end || address + size > MAX_ADDRESS) return null;
    end = address + size;
    total += size;
  }
  return total <= limit ? parts : null;
}

export interface Window {
  readonly bytes: Uint8Array;
  readonly address: number;
  /** What begins at this index or later comes again in the next window. */
  readonly end: number;
}

/** The bytes of the ranges in windows that overlap, so that nothing is cut in two. */
export function* windows({ source }: Binary, ranges: readonly Range[]): Generator<Window> {
  for (const { address, ...extent } of ranges) {
    for (const { bytes, offset, own } of pieces(source, extent, OVERLAP_BYTES)) {
      yield { bytes, address: address + offset - extent.offset, end: own };
    }
  }
}
