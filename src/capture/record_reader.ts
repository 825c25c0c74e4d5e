/** One record of a ring, field by field. */
import * as layout from "./layout.gen.ts";
import type { Name } from "./names.ts";
import type { WalkedPaths } from "./walked_paths.ts";

/** Reads the records of a batch one after the other; variable parts are taken in order and never beyond a record's end. */
export class RecordReader {
  readonly view: DataView;
  at = 0;
  readonly #batch: Uint8Array;
  readonly #paths: WalkedPaths;
  #end = 0;
  #next = 0;

  constructor(batch: Uint8Array, { view, paths }: { readonly view: DataView; readonly paths: WalkedPaths }) {
    this.#batch = batch;
    this.#paths = paths;
    this.view = view;
  }

  /** Goes to the record of `size` bytes at `at`. */
  go(at: number, size: number): void {
    this.at = at;
    this.#end = at + size;
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

  i64(field: number): number {
    return this.u32(field) + this.i32(field + 4) * 4294967296;
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
    const from = this.#advance(size);
    return this.#batch.subarray(from, this.#next);
  }

  path(size: number): Name {
    const from = this.#advance(size);
    return this.#paths.of({ view: this.view, from, to: this.#next });
  }

  /** Where the next `size` bytes begin; `#next` is then behind those of them that there are. */
  #advance(size: number): number {
    const from = Math.min(this.#next, this.#end);
    this.#next = Math.min(from + size, this.#end);
    return from;
  }
}
