/** Lists who holds which socket, by the best means there are; nothing is loaded before it is asked. */
import type { Libbpf } from "../../ffi/libbpf.ts";
import type { Libc } from "../../ffi/libc.ts";
import type { Process } from "./processes.ts";
import { procSockets } from "./proc_sockets.ts";
import { type HeldSocket, SocketLister } from "./sockets.ts";

export class SocketSource implements Disposable {
  readonly #libs: { readonly lib: Libbpf; readonly libc: Libc };
  readonly #options: {
    readonly image: Uint8Array<ArrayBuffer>;
    readonly boot: number;
    readonly lists: boolean;
    readonly processes: () => readonly Process[];
  };
  #lister: SocketLister | null | undefined;

  constructor(libs: { readonly lib: Libbpf; readonly libc: Libc }, options: {
    readonly image: Uint8Array<ArrayBuffer>;
    readonly boot: number;
    /** The kernel lists sockets. */
    readonly lists: boolean;
    /** For a kernel that does not list sockets. */
    readonly processes: () => readonly Process[];
  }) {
    this.#libs = libs;
    this.#options = options;
  }

  list(): HeldSocket[] {
    if (this.#lister === undefined) this.#lister = this.#options.lists ? this.#load() : null;
    return this.#lister ? this.#lister.list() : procSockets(this.#options.processes());
  }

  #load(): SocketLister | null {
    try {
      return new SocketLister(this.#libs, this.#options);
    } catch {
      return null;
    }
  }

  [Symbol.dispose](): void {
    this.#lister?.[Symbol.dispose]();
  }
}
