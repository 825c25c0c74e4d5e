/** Learns that files are written to. */
import { cString } from "./libbpf.ts";
import type { Libc } from "./libc.ts";

const IN_NONBLOCK_CLOEXEC = 0o2004000;
const IN_MODIFY = 2;
const EVENT_BYTES = 16;
const READ_BYTES = 4096;

export class Inotify implements Disposable {
  /** Readable when something was written to. */
  readonly fd: number;
  readonly #libc: Libc;
  readonly #buffer = new Uint8Array(READ_BYTES);

  /** Throws when the kernel gives no more of them to this user. */
  constructor(libc: Libc) {
    this.#libc = libc;
    this.fd = libc.symbols.inotify_init1(IN_NONBLOCK_CLOEXEC);
    if (this.fd < 0) throw new Error("Cannot watch files: inotify refused; see /proc/sys/fs/inotify");
  }

  /** Watches the file until its first change or {@link forget}. Null when the kernel refuses. */
  watch(path: string): number | null {
    const watch = this.#libc.symbols.inotify_add_watch(this.fd, cString(path), IN_MODIFY);
    return watch < 0 ? null : watch;
  }

  forget(watch: number): void {
    this.#libc.symbols.inotify_rm_watch(this.fd, watch);
  }

  /** The watches whose files were written to since the last call. */
  changed(): ReadonlySet<number> {
    const watches = new Set<number>();
    for (;;) {
      const count = Number(this.#libc.symbols.read(this.fd, this.#buffer, BigInt(READ_BYTES)));
      if (count <= 0) return watches;
      const view = new DataView(this.#buffer.buffer);
      for (let at = 0; at + EVENT_BYTES <= count; at += EVENT_BYTES + view.getUint32(at + 12, true)) {
        if (view.getUint32(at + 4, true) & IN_MODIFY) watches.add(view.getInt32(at, true));
      }
    }
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.fd);
  }
}
