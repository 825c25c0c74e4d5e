/** A ring consumed through libbpf's own reader, and put back to where it was. */
import { libs } from "./storm.ts";

const MAP_SHARED = 1;
const PROT_READ_WRITE = 3;

const symbols = {
  ring_buffer__new: { parameters: ["i32", "function", "pointer", "pointer"], result: "pointer" },
  ring_buffer__poll: { parameters: ["pointer", "i32"], result: "i32" },
  ring_buffer__free: { parameters: ["pointer"], result: "void" },
} as const;

const waiting = {
  ring_buffer__poll: { parameters: ["pointer", "i32"], result: "i32", nonblocking: true },
} as const;

const definition = { parameters: ["pointer", "pointer", "usize"], result: "i32" } as const;

type Visit = (data: Deno.PointerObject, size: number) => void;

export class RewindableRing implements Disposable {
  readonly #lib = Deno.dlopen("libbpf.so.1", symbols);
  readonly #waiting = Deno.dlopen("libbpf.so.1", waiting);
  readonly #position: BigUint64Array;
  readonly #start: bigint;
  readonly #callback: Deno.UnsafeCallback<typeof definition>;
  readonly #ring: Deno.PointerValue;
  #visit: Visit = () => {};

  constructor(fd: number) {
    const page = libs.libc.symbols.mmap(null, 4096n, PROT_READ_WRITE, MAP_SHARED, fd, 0n);
    this.#position = new BigUint64Array(Deno.UnsafePointerView.getArrayBuffer(page!, 8));
    this.#start = this.#position[0]!;
    this.#callback = new Deno.UnsafeCallback(definition, (_context, data, size) => {
      this.#visit(data!, Number(size));
      return 0;
    });
    this.#ring = this.#lib.symbols.ring_buffer__new(fd, this.#callback.pointer, null, null);
    if (this.#ring === null) throw new Error("Cannot read the ring through libbpf: ring_buffer__new failed");
  }

  /** Every record again. Right only while nothing writes to the ring. */
  rewind(): void {
    Atomics.store(this.#position, 0, this.#start);
  }

  /** One call of libbpf's reader over all that is there; returns how many records it saw. */
  poll(visit: Visit): number {
    this.#visit = visit;
    return this.#lib.symbols.ring_buffer__poll(this.#ring, 0);
  }

  /** The same without blocking this thread, as a program that also waits has to: each callback then crosses threads. */
  pollAside(visit: Visit): Promise<number> {
    this.#visit = visit;
    return this.#waiting.symbols.ring_buffer__poll(this.#ring, 0);
  }

  [Symbol.dispose](): void {
    this.#lib.symbols.ring_buffer__free(this.#ring);
    this.#callback.close();
  }
}
