import { createHmac, randomBytes } from "node:crypto";

/** What stands where a secret stood. */
export const PLACEHOLDER = /\[redacted:[a-z0-9-]{1,32}:[0-9a-f]{8}\]/g;

/** What stands for text that could not be checked. */
export const FAILED = "[redaction failed]";

/** `[redacted:<kind>:<8 hex>]`: equal secrets stay equal, and the key makes guessing them from the hash useless. */
export class Placeholders {
  readonly #key = randomBytes(32);

  of(kind: string, secret: string): string {
    const hash = createHmac("sha256", this.#key).update(secret).digest("hex").slice(0, 8);
    return `[redacted:${kind}:${hash}]`;
  }
}
