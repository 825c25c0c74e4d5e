/**
 * HPACK's dynamic table (RFC 7541, section 2.3.2), of which the older part may not be known.
 *
 * Entries are counted from the newest, so one that was seen being added keeps its place whatever came before it: a
 * reference to it is right even where sizes and evictions of older ones are not known. All beyond is `unknown`.
 */

/** A part that was sent before we came is null. */
export type Field = readonly [name: string | null, value: string | null];

/** What an entry takes beside its name and value. */
const ENTRY_OVERHEAD = 32;
const INITIAL_CAPACITY = 4_096;
/** Of one direction. Agents' clients and servers use 4 KiB, browsers 64 KiB. */
const MAX_KEPT = 65_536;

export class DynamicTable {
  /** Newest last; those in front of `#oldest` are evicted. */
  #entries: Field[] = [];
  #oldest = 0;
  /** Of the entries, at least: unknown parts count nothing. */
  #size = 0;
  #capacity: number;
  /** There may be entries older than ours. */
  #older: boolean;

  constructor({ fresh }: { readonly fresh: boolean }) {
    this.#older = !fresh;
    this.#capacity = fresh ? INITIAL_CAPACITY : Infinity;
  }

  /** `index` 0 is the newest entry. Null where there certainly is none. */
  get(index: number): Field | "unknown" | null {
    const at = this.#entries.length - 1 - index;
    return (at < this.#oldest ? undefined : this.#entries[at]) ?? (this.#older ? "unknown" : null);
  }

  add(field: Field): void {
    this.#entries.push(field);
    this.#size += sizeOf(field);
    this.#evict();
  }

  /** What the other side's settings allow is not checked: they may be seen late, and memory has a limit of its own. */
  resize(capacity: number): void {
    this.#capacity = capacity;
    // Nothing fits: there is nothing older any more.
    if (capacity < ENTRY_OVERHEAD) this.#older = false;
    this.#evict();
  }

  /** Entries were added that we did not see. */
  forget(): void {
    this.#entries = [];
    this.#oldest = 0;
    this.#size = 0;
    this.#capacity = Infinity;
    this.#older = true;
  }

  #evict(): void {
    if (this.#size > MAX_KEPT && this.#capacity > MAX_KEPT) this.#older = true;
    const limit = Math.min(this.#capacity, MAX_KEPT);
    while (this.#size > limit) this.#size -= sizeOf(this.#entries[this.#oldest++]!);
    // Not with each entry: a full table of 64 KiB loses one for each that is added.
    if (this.#oldest * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#oldest);
    this.#oldest = 0;
  }
}

function sizeOf([name, value]: Field): number {
  return ENTRY_OVERHEAD + (name?.length ?? 0) + (value?.length ?? 0);
}
