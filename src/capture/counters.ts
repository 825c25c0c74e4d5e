/** What the BPF programs count, all of it with one read: index by {@link LossClass} and {@link Turnover}. */
import type { BpfMap } from "../../ffi/bpf_map.ts";
import { counters } from "./layout.gen.ts";

const KEY = new Uint8Array(4);
const EACH = counters.size / BigUint64Array.BYTES_PER_ELEMENT;

export class Counters {
  readonly cpus: number;
  readonly #map: BpfMap;
  /** Of one CPU after the other. */
  readonly #values: BigUint64Array<ArrayBuffer>;

  constructor(map: BpfMap, cpus: number) {
    this.cpus = cpus;
    this.#map = map;
    this.#values = new BigUint64Array(cpus * EACH);
  }

  /** From here on, what is counted now is told. */
  read(): void {
    this.#map.read(KEY, new Uint8Array(this.#values.buffer));
  }

  /** Since the programs were loaded. */
  of(index: number, cpu: number): number {
    return Number(this.#values[cpu * EACH + index]);
  }

  total(index: number): number {
    let sum = 0;
    for (let cpu = 0; cpu < this.cpus; cpu++) sum += this.of(index, cpu);
    return sum;
  }
}
