/** A BPF map of a loaded object, by descriptor. Keys and values are the caller's exact bytes. */
import { errnoText, type Libbpf } from "./libbpf.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export class BpfMap {
  readonly name: string;
  readonly fd: number;
  readonly maxEntries: number;
  readonly #lib: Libbpf;

  constructor(lib: Libbpf, map: { readonly name: string; readonly fd: number; readonly maxEntries: number }) {
    this.#lib = lib;
    this.name = map.name;
    this.fd = map.fd;
    this.maxEntries = map.maxEntries;
  }

  /** Throws when the map is full. */
  set(key: Bytes, value: Bytes): void {
    const result = this.#lib.symbols.bpf_map_update_elem(this.fd, key, value, 0n);
    if (result < 0) throw new Error(`Cannot add to BPF map ${this.name}: ${errnoText(result)}`);
  }

  /** Fills `value`; false when there is no such key. */
  read(key: Bytes, value: Bytes): boolean {
    return this.#lib.symbols.bpf_map_lookup_elem(this.fd, key, value) === 0;
  }

  /** False when there was no such key. */
  delete(key: Bytes): boolean {
    return this.#lib.symbols.bpf_map_delete_elem(this.fd, key) === 0;
  }

  /**
   * The keys that are there, at most `maxEntries`, each in the one array that is yielded. Where a key goes away
   * meanwhile the kernel begins anew: some may come twice, and some not.
   */
  *keys(size: number): Generator<Bytes> {
    const key = new Uint8Array(size);
    let before: Bytes | null = null;
    for (let i = 0; i < this.maxEntries; i++) {
      if (this.#lib.symbols.bpf_map_get_next_key(this.fd, before, key) !== 0) return;
      yield key;
      before = key;
    }
  }
}
