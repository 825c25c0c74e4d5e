/** Header blocks (RFC 7541) of one direction of a connection. */
import { DynamicTable, type Field } from "./dynamic_table.ts";
import { HpackReader } from "./hpack_reader.ts";
import { STATIC_TABLE } from "./static_table.ts";

/** As much as a head of HTTP/1: a block of 64 KiB can refer 65,536 times to one long entry. */
const MAX_DECODED = 65_536;

export interface Decoded {
  readonly fields: readonly Field[];
  /** There were more fields than anybody sends, and the last are left out. */
  readonly cut: boolean;
}

export class HpackDecoder {
  readonly #table: DynamicTable;

  /** `fresh`: the connection begins here. Otherwise nothing is known of the entries that were added before. */
  constructor(options: { readonly fresh: boolean }) {
    this.#table = new DynamicTable(options);
  }

  /** Header blocks were missed. */
  forget(): void {
    this.#table.forget();
  }

  /** A whole block: every block of the direction has to come here, in order. Null for a broken one, which is like a missed one. */
  decode(block: Uint8Array): Decoded | null {
    const reader = new HpackReader(block);
    const fields: Field[] = [];
    let size = 0;
    while (!reader.done) {
      const field = this.#read(reader);
      if (field === "resized") continue;
      if (field === null) {
        this.forget();
        return null;
      }
      size += 1 + (field[0]?.length ?? 0) + (field[1]?.length ?? 0);
      if (size <= MAX_DECODED) fields.push(field);
    }
    return { fields, cut: size > MAX_DECODED };
  }

  #read(reader: HpackReader): Field | "resized" | null {
    const first = reader.peek();
    if (first & 0x80) return this.#indexed(reader.integer(7));
    if (first & 0x40) {
      const field = this.#literal(reader, 6);
      if (field) this.#table.add(field);
      return field;
    }
    if (first & 0x20) {
      const capacity = reader.integer(5);
      if (capacity === null) return null;
      this.#table.resize(capacity);
      return "resized";
    }
    return this.#literal(reader, 4);
  }

  #indexed(index: number | null): Field | null {
    if (!index) return null;
    if (index <= STATIC_TABLE.length) return STATIC_TABLE[index - 1]!;
    const field = this.#table.get(index - STATIC_TABLE.length - 1);
    return field === "unknown" ? [null, null] : field;
  }

  #literal(reader: HpackReader, prefix: number): Field | null {
    const index = reader.integer(prefix);
    if (index === null) return null;
    let name: string | null;
    if (index === 0) {
      name = reader.string();
      if (name === null) return null;
    } else {
      const named = this.#indexed(index);
      if (!named) return null;
      name = named[0];
    }
    const value = reader.string();
    return value === null ? null : [name, value];
  }
}
