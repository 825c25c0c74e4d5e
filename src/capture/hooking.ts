/** A verdict put into effect: hooks attached, and what each process's coverage is. */
import { Inotify } from "../../ffi/inotify.ts";
import type { Libc } from "../../ffi/libc.ts";
import type { CoverageChanged, Draft } from "../event.ts";
import type { Verdict } from "../targets/resolve.ts";
import type { Stack } from "../targets/target.ts";
import type { Candidate } from "./images.ts";
import type { HookedLibrary } from "./messages.ts";
import type { FileKey, Probes } from "./probes.ts";
import { readLink } from "./processes.ts";
import type { ProcessSeen } from "./worker_records.ts";

/** Who makes programs without end must not fill the kernel with hooks: the oldest go. */
const MAX_FILES = 1024;

interface HookedFile {
  readonly libraries: readonly number[];
  /** Null when the kernel watches no more files. */
  readonly watch: number | null;
}

interface Judged {
  readonly file: Candidate;
  readonly users: readonly ProcessSeen[];
  readonly verdict: Verdict;
  /** The file, open; closed here. */
  readonly fd: number | null;
}

interface Attaching extends Pick<Judged, "file" | "users"> {
  readonly stack: Stack;
  readonly path: string;
}

export class Hooking implements Disposable {
  readonly #probes: Probes;
  readonly #libc: Libc;
  #libraries: HookedLibrary[] = [];
  #drafts: Draft[] = [];
  #nextLibrary = 1;
  /** Hooked files by number, oldest first. */
  readonly #files = new Map<string, HookedFile>();
  /** Files whose hooks are on their way out. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #written: Inotify;

  constructor(probes: Probes, libc: Libc) {
    this.#probes = probes;
    this.#libc = libc;
    this.#written = new Inotify(libc);
  }

  /** Readable when a hooked file was written to. */
  get writtenFd(): number {
    return this.#written.fd;
  }

  /**
   * Takes the hooks off files that were written to: the kernel would still put them where the old code was, and
   * whoever runs the new code would crash.
   */
  dropWritten(): void {
    const written = this.#written.changed();
    if (written.size === 0) return;
    for (const [name, { watch }] of this.#files) {
      if (watch !== null && written.has(watch)) void this.#drop(name);
    }
  }

  get count(): number {
    return this.#nextLibrary - 1;
  }

  take(): { readonly libraries: readonly HookedLibrary[]; readonly drafts: readonly Draft[] } {
    const found = { libraries: this.#libraries, drafts: this.#drafts };
    this.#libraries = [];
    this.#drafts = [];
    return found;
  }

  /** False when nothing is certain about the file: it is to be judged again. */
  apply({ file, users, verdict, fd }: Judged): boolean {
    try {
      if (verdict.kind === "gone") return false;
      if (verdict.kind === "unreadable") {
        this.#cover(users, file, {
          stack: null,
          method: null,
          status: "unsupported",
          reason: `cannot be read: ${verdict.reason}`,
        });
        return true;
      }
      for (const { library, reason } of verdict.refusals) {
        this.#cover(users, file, {
          stack: library,
          method: null,
          status: "unsupported",
          reason: `${library}: ${reason}; its TLS traffic is not seen`,
        });
      }
      const { stacks } = verdict;
      if (stacks.length === 0) return true;
      if (this.#files.size >= MAX_FILES) void this.#drop(this.#files.keys().next().value!);
      const path = `/proc/self/fd/${fd}`;
      const libraries = stacks.flatMap((stack) => this.#attach({ file, users, stack, path }) ?? []);
      this.#files.set(numberOf(file.key), { libraries, watch: this.#written.watch(path) });
      return true;
    } finally {
      if (fd !== null) this.#libc.symbols.close(fd);
    }
  }

  /** The process went on before there was a verdict. */
  timedOut(file: Candidate, seen: ProcessSeen, ms: number): void {
    this.#cover([seen], file, {
      stack: null,
      method: null,
      status: "timeout",
      reason: `no verdict within ${ms / 1000} s; what it sent until then is not seen`,
    });
  }

  /** Whether some library of the file is hooked. */
  has(key: FileKey): boolean {
    return this.#files.has(numberOf(key));
  }

  /** The process speaks TLS that none of its files shows. */
  unheard(path: string, seen: ProcessSeen): void {
    this.#cover([seen], { path }, {
      stack: null,
      method: null,
      status: "unsupported",
      reason: "it speaks TLS by means that are not known; what it sends and receives is not seen",
    });
  }

  /** Nobody looks into a file of a file system that may never answer. */
  leftAlone(file: Candidate, seen: ProcessSeen): void {
    this.#cover([seen], file, {
      stack: null,
      method: null,
      status: "unsupported",
      reason:
        "it is on a FUSE file system, which could keep AgentSight waiting for ever; run a copy from elsewhere",
    });
  }

  /** Resolves when nothing is left of the hooks that were put on an earlier state of the file; null when there are none. */
  dropBefore(key: FileKey): Promise<void> | null {
    const name = numberOf(key);
    return this.#files.has(name) ? this.#drop(name) : this.#leaving.get(name) ?? null;
  }

  #drop(name: string): Promise<void> {
    const { watch, libraries } = this.#files.get(name)!;
    this.#files.delete(name);
    if (watch !== null) this.#written.forget(watch);
    const gone = Promise.all(libraries.map((library) => this.#probes.tls.detach(library))).then(() => {
      this.#leaving.delete(name);
    });
    this.#leaving.set(name, gone);
    return gone;
  }

  /** The library's id; null when the kernel refuses. */
  #attach({ file, users, stack, path }: Attaching): number | null {
    const id = this.#nextLibrary;
    try {
      this.#probes.tls.attach(path, { id, hooks: stack.hooks });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#cover(users, file, { stack: stack.library, method: stack.method, status: "failed", reason });
      return null;
    }
    this.#nextLibrary++;
    this.#libraries.push({ id, path: file.path, library: stack.library, method: stack.method });
    return id;
  }

  #cover(
    users: readonly ProcessSeen[],
    file: Pick<Candidate, "path">,
    what: Pick<CoverageChanged, "stack" | "method" | "status" | "reason">,
  ): void {
    for (const { pid, tid, start, comm, ts } of users) {
      if (!this.#probes.isTracked(pid)) continue;
      const exe = readLink(`/proc/${pid}/exe`);
      this.#drafts.push({
        kind: "coverage",
        ts,
        pid,
        tid,
        start,
        comm,
        since: ts,
        exe,
        library: file.path,
        ...what,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#written[Symbol.dispose]();
  }
}

/** A file's name while it exists. */
export function numberOf({ dev, ino }: FileKey): string {
  return `${dev}:${ino}`;
}
