import { createHash } from "node:crypto";

/** Ids and names are whatever a peer sends, megabytes if it likes: longer ones are kept as their hash. */
const LONGEST_KEY = 256;

/** A map that forgets its oldest entries. Writing an entry makes it the youngest. */
export class Recent<V> {
  readonly #limit: number;
  readonly #entries = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    return this.#entries.get(short(key));
  }

  set(key: string, value: V): void {
    const kept = short(key);
    this.#entries.delete(kept);
    this.#entries.set(kept, value);
    if (this.#entries.size > this.#limit) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(key: string): void {
    this.#entries.delete(short(key));
  }
}

function short(key: string): string {
  return key.length <= LONGEST_KEY ? key : createHash("sha256").update(key).digest("base64");
}
