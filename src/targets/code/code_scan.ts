/** One pass over all code: which instructions name the addresses wanted, what is called, what is jumped to. */
import type { Binary } from "../target.ts";
import { scanArm64 } from "./aarch64_scan.ts";
import { type AddressRange, AddressSet, RangeFilter, type Reference, ReferenceList } from "./address_set.ts";
import { codeRanges, windows } from "./ranges.ts";
import type { Scan } from "./scan_window.ts";
import { scanX86 } from "./x86_64_scan.ts";

/** Error macros name one file of a TLS library some hundred times. */
const MAX_REFERENCES = 4000;
/** 230 MB of Rust have 0.14 million. */
const MAX_JUMPS = 1_000_000;
const EXECUTABLE = 2;

export interface CodeMap {
  readonly references: readonly Reference[];
  /** Targets of direct calls; some are none, since data within code looks like a call now and then. */
  readonly calls: AddressSet;
  /** Jumps over more than `NEAR_BYTES`, conditional or not. */
  readonly jumps: ReferenceList;
}

/** A sentence when the file has more of something than a program has. */
export function scanCode(binary: Binary, wanted: readonly AddressRange[]): CodeMap | string {
  const ranges = codeRanges(binary);
  if (ranges === null) return "its code is not laid out as a program's is, or too large";
  const head = binary.source.read(16, 2);
  const scan: Scan = {
    wanted: new RangeFilter(wanted),
    fixed: head[0] === EXECUTABLE,
    references: new ReferenceList(MAX_REFERENCES),
    calls: new AddressSet(ranges),
    jumps: new ReferenceList(MAX_JUMPS),
    values: new Float64Array(32).fill(NaN),
  };
  const window = binary.elf.machine === "x86_64" ? scanX86 : scanArm64;
  for (const part of windows(binary, ranges)) window(part, scan);
  if (scan.references.full) return "too many references to the strings of a TLS library";
  if (scan.jumps.full) return "too many jumps in its code";
  const references = [...scan.references.all()];
  return { references, calls: scan.calls, jumps: scan.jumps };
}
