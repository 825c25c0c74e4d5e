/**
 * Where a Go program's code starts in memory, proved by its code: return instructions of known functions stand exactly
 * where the stack-delta tables say. The table's own word is checked; where it has none (Go 1.26, and what the dynamic
 * linker fills in), the one place that fits is searched.
 */
import type { ByteSource, ElfFile, Segment } from "../elf/elf.ts";
import type { GoFunction } from "./functions.ts";
import { isReturn, returnSites } from "./return_sites.ts";
import type { DeltaRange } from "./stack_deltas.ts";
import { view, windows } from "../elf/windows.ts";

export interface Shape extends GoFunction {
  readonly ranges: readonly DeltaRange[];
}

/** A function where it lies in the file. */
export interface PlacedFunction {
  readonly name: string;
  /** File offsets. */
  readonly offset: number;
  readonly returns: readonly number[];
}

export type Placement =
  | { readonly kind: "placed"; readonly base: number; readonly functions: readonly PlacedFunction[] }
  | { readonly kind: "refused"; readonly reason: string };

/** Both x86-64 and arm64 align functions to this or more. */
const ALIGNMENT = 16;
const MAX_SEGMENTS = 64;
const MAX_SEARCH_BYTES = 512 << 20;
const MAX_TRIES = 1024;

interface Program {
  readonly elf: ElfFile;
  readonly source: ByteSource;
  /** The known functions; at least one. */
  readonly shapes: readonly Shape[];
}

/** The functions at a base address that is known. */
export function placeAt(program: Program, base: number): Placement {
  let reason = "its functions are not in executable code";
  const found: (readonly PlacedFunction[])[] = [];
  for (const segment of executable(program.elf)) {
    const result = place(program, { segment, base });
    if (typeof result !== "string") found.push(result);
    else if (result !== "") reason = result;
  }
  const [functions, second] = found;
  if (second) return refused("two segments hold its functions");
  return functions ? { kind: "placed", base, functions } : refused(reason);
}

/** The functions at the one base address where all of them fit; `size` is the length of Go's code. */
export function placeAnywhere(program: Program, size: number): Placement {
  const found: Extract<Placement, { kind: "placed" }>[] = [];
  const segments = executable(program.elf).filter((segment) => segment.size >= size);
  const toSearch = segments.reduce((sum, segment) => sum + segment.size - size, 0);
  if (toSearch > MAX_SEARCH_BYTES) return refused("its code is too large to find where Go's begins");
  let tries = 0;
  for (const segment of segments) {
    for (const base of likelyBases(program, { segment, slack: segment.size - size })) {
      if (++tries > MAX_TRIES) return refused("too much of its code looks like that of its function table");
      const functions = place(program, { segment, base });
      if (typeof functions !== "string") found.push({ kind: "placed", base, functions });
      if (found.length === 2) return refused("its code fits its function table in two places");
    }
  }
  return found[0] ?? refused("its code fits its function table nowhere");
}

function refused(reason: string): Placement {
  return { kind: "refused", reason };
}

/** Bases at which the first function has return instructions where its stack is empty; few in any real program. */
function* likelyBases(
  { elf, source, shapes: [shape] }: Program,
  { segment, slack }: { segment: Segment; slack: number },
): Generator<number> {
  if (!shape) return;
  // The last range may be the block that grows the stack.
  const sites = shape.ranges.slice(1, -1).filter(({ delta }) => delta === 0).map(({ start }) => start);
  const first = Math.ceil(segment.vaddr / ALIGNMENT) * ALIGNMENT;
  const skipped = first - segment.vaddr;
  const entry = segment.offset + skipped + shape.entry;
  for (const window of windows(source, { offset: entry, size: slack - skipped + shape.size }, shape.size)) {
    const code = new DataView(window.bytes.buffer, window.bytes.byteOffset, window.bytes.byteLength);
    const end = Math.min(window.own, code.byteLength - shape.size + 1);
    for (let at = 0; at < end; at += ALIGNMENT) {
      if (!sites.every((site) => isReturn(code, at + site, elf.machine))) continue;
      yield first + window.offset - entry + at;
    }
  }
}

/** The functions in a segment, or why they are not there: "" where that says nothing. */
function place(
  { elf, source, shapes }: Program,
  { segment, base }: { segment: Segment; base: number },
): PlacedFunction[] | string {
  const placed: PlacedFunction[] = [];
  for (const { name, entry, size, ranges } of shapes) {
    const at = base + entry - segment.vaddr;
    if (at < 0 || at + size > segment.size) return "";
    const offset = segment.offset + at;
    const code = view(source, offset, size);
    if (!code) return "";
    const sites = returnSites(code, ranges, elf.machine);
    if (sites.kind === "disagree") return `${name} is not what its table says: ${sites.reason}`;
    placed.push({ name, offset, returns: sites.at.map((site) => offset + site) });
  }
  return placed;
}

function executable(elf: ElfFile): Segment[] {
  return elf.segments.filter((segment) => segment.executable).slice(0, MAX_SEGMENTS);
}
