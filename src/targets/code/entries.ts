/** Where functions begin. A probe goes there, so one sign is not enough. */
import type { AddressSet } from "./address_set.ts";
import type { Image } from "./image.ts";
import type { Machine } from "./instruction.ts";
import type { UnwindTable } from "./unwind_table.ts";

export interface EntrySigns {
  /** Direct calls lead here. */
  readonly called: boolean;
  /** The unwind table has code that begins here. */
  readonly unwound: boolean;
  /** What lies before it does not run into it: padding, a return, a jump, a trap. */
  readonly separate: boolean;
}

export class Entries {
  readonly #image: Image;
  readonly #machine: Machine;
  readonly #calls: AddressSet;
  readonly #unwind: UnwindTable;

  constructor(known: { image: Image; machine: Machine; calls: AddressSet; unwind: UnwindTable }) {
    this.#image = known.image;
    this.#machine = known.machine;
    this.#calls = known.calls;
    this.#unwind = known.unwind;
  }

  called(address: number): boolean {
    return this.#calls.has(address);
  }

  signs(address: number): EntrySigns {
    return {
      called: this.#calls.has(address),
      unwound: this.#unwind.containing(address)?.start === address,
      separate: this.#machine.separated(
        this.#image.at(address - this.#machine.longest, this.#machine.longest),
        address,
      ),
    };
  }

  /** At least two signs, and none against it. */
  has(address: number): boolean {
    if (!this.#calls.has(address) && this.#unwind.containing(address)?.start !== address) return false;
    const extent = this.#unwind.containing(address);
    if (extent !== null && extent.start !== address) return false;
    const { called, unwound, separate } = this.signs(address);
    return Number(called) + Number(unwound) + Number(separate) >= 2;
  }

  /** Whether what runs up to the address ends there, since other code is described from there on. */
  ends(address: number): boolean {
    return this.#unwind.containing(address)?.start === address || this.has(address);
  }

  /** Entries from an address down, nearest first. */
  *down(from: number, bytes: number): Generator<number> {
    const extent = this.#unwind.containing(from);
    if (extent !== null) {
      if (this.has(extent.start)) yield extent.start;
      return;
    }
    for (const address of this.#calls.down(from, from - bytes)) if (this.has(address)) yield address;
  }
}
