/** One record of a ring, field by field. */
import * as layout from "./layout.gen.ts";
import { RecordFlag } from "./layout.gen.ts";
import type { Name, WalkedPaths } from "./names.ts";

/** Reads one record; the variable parts are taken in order and never beyond its end. */
export class RecordReader {
  readonly view: DataView;
  readonly at: number;
  readonly #batch: Uint8Array;
  readonly #paths: WalkedPaths;
  readonly #end: number;
  #next = 0;

  constructor(
    batch: Uint8Array,
    record: {
      readonly view: DataView;
      readonly at: number;
      readonly size: number;
      readonly paths: WalkedPaths;
    },
  ) {
    this.#batch = batch;
    this.#paths = record.paths;
    this.view = record.view;
    this.at = record.at;
    this.#end = record.at + record.size;
  }

  u16(field: number): number {
    return this.view.getUint16(this.at + field, true);
  }

  u32(field: number): number {
    return this.view.getUint32(this.at + field, true);
  }

  i32(field: number): number {
    return this.view.getInt32(this.at + field, true);
  }

  u64(field: number): number {
    return this.u32(field) + this.u32(field + 4) * 4294967296;
  }

  bytes(field: number, size: number): Uint8Array {
    return this.#batch.subarray(this.at + field, this.at + field + size);
  }

  flag(flag: number): boolean {
    return (this.u16(layout.header.flags) & flag) !== 0;
  }

  seek(fixed: number): void {
    this.#next = this.at + fixed;
  }

  take(size: number): Uint8Array {
    const from = Math.min(this.#next, this.#end);
    this.#next = Math.min(from + size, this.#end);
    return this.#batch.subarray(from, this.#next);
  }

  path(size: number): Name {
    return this.#paths.of(this.take(size), !this.flag(RecordFlag.PATH_PARTIAL));
  }
}
