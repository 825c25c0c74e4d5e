/** A verdict put into effect: hooks attached, and what each process's coverage is. */
import type { Libc } from "../../ffi/libc.ts";
import type { CoverageChanged, Draft } from "../event.ts";
import type { Verdict } from "../targets/resolve.ts";
import type { Stack } from "../targets/target.ts";
import type { Candidate } from "./images.ts";
import type { HookedLibrary } from "./messages.ts";
import type { Probes } from "./probes.ts";
import { readLink } from "./processes.ts";
import type { ProcessSeen } from "./worker_records.ts";

/** A program that writes libraries without end must not fill the kernel with hooks. */
const MAX_LIBRARIES = 1024;

interface Judged {
  readonly file: Candidate;
  readonly users: readonly ProcessSeen[];
  readonly verdict: Verdict;
  /** The file, open; closed here. */
  readonly fd: number | null;
}

export class Hooking {
  readonly #probes: Probes;
  readonly #libc: Libc;
  #libraries: HookedLibrary[] = [];
  #drafts: Draft[] = [];
  #nextLibrary = 1;

  constructor(probes: Probes, libc: Libc) {
    this.#probes = probes;
    this.#libc = libc;
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
      return verdict.stacks.every((stack) => this.#attach({ file, users, stack, fd }));
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

  #attach({ file, users, stack, fd }: Omit<Judged, "verdict"> & { readonly stack: Stack }): boolean {
    const id = this.#nextLibrary;
    try {
      if (id > MAX_LIBRARIES) throw new Error(`${MAX_LIBRARIES} libraries are hooked already`);
      this.#probes.tls.attach(`/proc/self/fd/${fd}`, { id, hooks: stack.hooks });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#cover(users, file, { stack: stack.library, method: stack.method, status: "failed", reason });
      return true;
    }
    this.#nextLibrary++;
    this.#libraries.push({ id, path: file.path, library: stack.library, method: stack.method });
    return true;
  }

  #cover(
    users: readonly ProcessSeen[],
    file: Candidate,
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
}
