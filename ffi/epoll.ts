/** Waiting until one of several rings has something, without blocking the thread. */
import type { Libc } from "./libc.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const EVENT_BYTES = 16;

export class Epoll implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #events = new Uint8Array(EVENT_BYTES * 4);

  constructor(libc: Libc, fds: readonly number[]) {
    this.#libc = libc;
    this.#fd = libc.symbols.epoll_create1(EPOLL_CLOEXEC);
    if (this.#fd < 0) throw new Error("Cannot create an epoll descriptor: too many open files");
    for (const fd of fds) {
      const event = new Uint8Array(EVENT_BYTES);
      new DataView(event.buffer).setUint32(0, EPOLLIN, true);
      if (libc.symbols.epoll_ctl(this.#fd, EPOLL_CTL_ADD, fd, event) < 0) {
        throw new Error(`Cannot wait for descriptor ${fd}: epoll refused it`);
      }
    }
  }

  /** Resolves when a descriptor is readable or after `timeout` ms. */
  async wait(timeout: number): Promise<void> {
    await this.#libc.symbols.epoll_wait(this.#fd, this.#events, 4, timeout);
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#fd);
  }
}
