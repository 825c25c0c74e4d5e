/** The resolver workers, started and ended for the capture worker: one made by a worker takes Deno a second (2.9). */
import type { ServePort } from "./resolver_worker.ts";

export class ResolverWorkers {
  readonly #workers = new Map<number, Worker>();
  readonly #lost: (id: number) => void;
  #nextId = 1;

  /** `lost`: one ended by an error. */
  constructor(lost: (id: number) => void) {
    this.#lost = lost;
  }

  /** The port to ask a new one through. */
  start(): { readonly id: number; readonly port: MessagePort } {
    const id = this.#nextId++;
    const worker = new Worker(resolverUrl(), { type: "module", name: "resolver" });
    const { port1, port2 } = new MessageChannel();
    worker.onerror = (event) => {
      event.preventDefault();
      this.#lost(id);
    };
    const serve: ServePort = { port: port1 };
    worker.postMessage(serve, [port1]);
    this.#workers.set(id, worker);
    return { id, port: port2 };
  }

  end(id: number): void {
    this.#workers.get(id)?.terminate();
    this.#workers.delete(id);
  }

  endAll(): void {
    for (const id of [...this.#workers.keys()]) this.end(id);
  }
}

/** The packed program has the workers bundled beside each other. */
export function resolverUrl(): URL {
  const packed = import.meta.url.endsWith(".js");
  return new URL(packed ? "./resolver_worker.js" : "./resolver_worker.ts", import.meta.url);
}
