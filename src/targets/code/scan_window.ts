/** What the scans of all machines share. */
import type { AddressSet, RangeFilter, ReferenceList } from "./address_set.ts";
import type { Window } from "./ranges.ts";

/** A jump this short stays in its function; a part that the compiler moved away is further. */
export const NEAR_BYTES = 16 << 10;

/** What a scan of one window reports. Addresses of instructions are those of their opcode, behind any prefix. */
export interface Scan {
  readonly wanted: RangeFilter;
  /** Code is where it was linked to be, so that an address may be a 32-bit constant. */
  readonly fixed: boolean;
  readonly references: ReferenceList;
  readonly calls: AddressSet;
  readonly jumps: ReferenceList;
  /** arm64: the last address that each register was given; a window goes on where the one before ended. */
  readonly values: Float64Array;
}

export type ScanWindow = (window: Window, scan: Scan) => void;
