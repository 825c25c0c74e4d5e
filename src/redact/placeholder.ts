import { createHmac, randomBytes } from "node:crypto";
import { plain } from "./decoded.ts";

/** What stands where a secret stood. Kinds have no digits, so that hardly a secret hides in a forged one. */
export const PLACEHOLDER = /\[redacted:[a-z-]{1,32}:[0-9a-f]{8}\]/g;

/** What stands for text that could not be checked. */
export const FAILED = "[redaction failed]";

/** `[redacted:<kind>:<8 hex>]`: equal secrets stay equal, and the key makes guessing them from the hash useless. */
export class Placeholders {
  readonly #key = randomBytes(32);

  of(kind: string, secret: string): string {
    const hash = createHmac("sha256", this.#key).update(plain(secret)).digest("hex").slice(0, 8);
    return `[redacted:${kind}:${hash}]`;
  }
}
