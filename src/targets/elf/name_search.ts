/**
 * Finds names in the bytes of a string table. Done by the engine's own search in text: a loop of ours over the bytes
 * takes eight times as long until it is compiled, and most tables are read before that.
 */
import { Buffer } from "node:buffer";

/** Of any wanted name with its prefix and the character behind it: what two pieces of a table must share. */
export const MAX_NAME_BYTES = 256;
const MAX_PREFIX_BYTES = 64;

export interface WantedNames {
  readonly exact: readonly string[];
  /** Also found behind a prefix that ends in "_" (aws-lc puts its version there). */
  readonly prefixed: readonly string[];
}

export class NameSearch {
  readonly #pattern: RegExp;
  readonly #prefixed: ReadonlySet<string>;

  constructor({ exact, prefixed }: WantedNames) {
    // The end of a name is a NUL, or the @ of its version: SSL_read@@OPENSSL_3.0.0.
    this.#pattern = new RegExp(`(?:${[...exact, ...prefixed].join("|")})(?=[\\0@])`, "g");
    this.#prefixed = new Set(prefixed);
  }

  /** Where each wanted name starts, also in the middle of another: that may be what a symbol means by its offset. */
  *in(table: Uint8Array): Generator<[start: number, name: string]> {
    const text = Buffer.from(table.buffer, table.byteOffset, table.length).toString("latin1");
    for (const { index, 0: name } of text.matchAll(this.#pattern)) {
      yield [index, name];
      if (!this.#prefixed.has(name)) continue;
      const [prefix] = /\w*$/.exec(text.slice(Math.max(0, index - MAX_PREFIX_BYTES), index)) ?? [""];
      if (!prefix.endsWith("_")) continue;
      for (let length = 1; length <= prefix.length; length++) {
        yield [index - length, prefix.slice(-length) + name];
      }
    }
  }
}
