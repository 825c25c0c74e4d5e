/**
 * Which files get hooked, decided as they come into view: at start, at an exec, at the mapping of a library. Every file
 * is judged once, by device and inode.
 */
import type { CoverageChanged, Draft, Micros } from "../event.ts";
import { FileSource } from "../targets/file_source.ts";
import { findHiddenTls, resolve, type Verdict } from "../targets/resolve.ts";
import { mappedFiles } from "./mapped_files.ts";
import type { CaptureLevel, HookedLibrary } from "./messages.ts";
import type { FileKey, Probes } from "./probes.ts";
import { readLink } from "./processes.ts";
import type { ImageSeen, ProcessSeen } from "./worker_records.ts";

/** A program that writes libraries without end must not fill the kernel with hooks, nor us with verdicts. */
const MAX_LIBRARIES = 1024;
const MAX_VERDICTS = 65_536;
const MAX_UNEXPLAINED = 256;

/**
 * The system's own shared libraries are known by their symbols, or have no TLS of their own. Not what lies deeper:
 * agents are installed in /usr/lib/node_modules.
 */
export const systemLibrary = /^\/(?:usr\/)?lib(?:32|64)?\/(?:[^/]*-linux-[^/]*\/)?[^/]+\.so(?:\.[^/]*)?$/;

/** No process: nothing is said of a file that nobody uses. */
const NOBODY: ProcessSeen = { pid: 0, tid: 0, start: 0 as Micros, comm: "", ts: 0 as Micros };

export class Images {
  /** Found since the last round. */
  readonly libraries: HookedLibrary[] = [];
  readonly drafts: Draft[] = [];
  readonly #probes: Probes;
  readonly #level: CaptureLevel;
  readonly #judged = new Set<string>();
  /** Files without hooks that tracked processes run, opened while they can be; looked into when there is time. */
  readonly #unexplained: {
    readonly source: FileSource;
    readonly path: string;
    readonly seen: ProcessSeen;
  }[] = [];
  #nextLibrary = 1;

  constructor(probes: Probes, level: CaptureLevel) {
    this.#probes = probes;
    this.#level = level;
  }

  get hooked(): number {
    return this.#nextLibrary - 1;
  }

  /** Code without a verdict was started or mapped. A process that was stopped for it goes on, whatever the verdict. */
  seen(image: ImageSeen): void {
    try {
      const files = mappedFiles(image.pid);
      // Only the very file may be judged: one that is not held may have exec'ed another by now.
      const file = files.find((f) => sameKey(f.key, image.key)) ??
        (image.mapped ? files.find((f) => f.from === image.addr) : image.held ? exeOf(image.pid) : undefined);
      if (file) this.#judge({ ...file, key: image.key }, image);
      else this.#probes.forget(image.key);
    } finally {
      if (image.held) resume(image.pid);
    }
  }

  /** Continues a process without a verdict: nobody watches any more. */
  release(image: ImageSeen): void {
    if (image.held) resume(image.pid);
  }

  /** Work for a quiet moment: why a tracked program showed no plain text. */
  explainNext(): void {
    const next = this.#unexplained.shift();
    if (!next) return;
    using source = next.source;
    const stack = findHiddenTls(source);
    if (stack === null) return;
    const reason = `${stack}: no symbols to hook; its TLS traffic is not seen`;
    this.#cover(next.seen, {
      exe: next.path,
      library: next.path,
      method: null,
      status: "unsupported",
      reason,
    });
  }

  /** Before the end; only programs that ended early are still waiting. */
  explainAll(): void {
    while (this.#unexplained.length > 0) this.explainNext();
  }

  /** Hooks a file that nobody may have mapped yet. */
  hookEarly(file: Candidate): void {
    this.#judge(file, NOBODY);
  }

  /** Judges every executable file a process has mapped. */
  judgeMapped(seen: ProcessSeen): void {
    for (const file of mappedFiles(seen.pid)) this.#judge(file, seen);
  }

  #judge(file: Candidate, seen: ProcessSeen): void {
    const name = `${file.key.dev}:${file.key.ino}`;
    if (this.#judged.has(name)) {
      this.#probes.judged(file.key);
      return;
    }
    const verdict = this.#level === "off" ? { kind: "none" } as const : resolve(file.open);
    // Its process ended first: whoever uses the file next shows it.
    if (verdict.kind === "gone") return this.#probes.forget(file.key);
    if (!this.#apply(verdict, file, seen)) return this.#probes.forget(file.key);
    if (this.#judged.size >= MAX_VERDICTS) this.#judged.clear();
    this.#judged.add(name);
    this.#probes.judged(file.key);
  }

  /** False when the file went away before it could be hooked. */
  #apply(verdict: Verdict, file: Candidate, seen: ProcessSeen): boolean {
    const about = { exe: readLink(`/proc/${seen.pid}/exe`), library: file.path };
    if (verdict.kind === "hook") {
      const id = this.#nextLibrary;
      try {
        if (id > MAX_LIBRARIES) throw new Error(`${MAX_LIBRARIES} libraries are hooked already`);
        this.#probes.tls.attach(file.open, { id, functions: verdict.functions });
        this.#nextLibrary++;
        this.libraries.push({ id, path: file.path, method: verdict.method });
      } catch (error) {
        if (seen === NOBODY || !canOpen(file.open)) return false;
        const reason = error instanceof Error ? error.message : String(error);
        this.#cover(seen, { ...about, method: verdict.method, status: "failed", reason });
      }
    } else if (verdict.kind === "unsupported") {
      if (this.#probes.isTracked(seen.pid)) {
        this.#cover(seen, { ...about, method: null, status: "unsupported", reason: verdict.reason });
      }
    } else if (this.#level !== "off" && this.#probes.isTracked(seen.pid)) {
      this.#explainLater(file, seen);
    }
    return true;
  }

  #explainLater(file: Candidate, seen: ProcessSeen): void {
    if (systemLibrary.test(file.path) || this.#unexplained.length >= MAX_UNEXPLAINED) return;
    try {
      this.#unexplained.push({ source: new FileSource(file.open), path: file.path, seen });
    } catch {
      // Gone already, and with it what it could have sent.
    }
  }

  #cover(
    { pid, tid, start, comm, ts }: ProcessSeen,
    what: Pick<CoverageChanged, "exe" | "library" | "method" | "status" | "reason">,
  ): void {
    this.drafts.push({ kind: "coverage", ts, pid, tid, start, comm, since: ts, ...what });
  }
}

export interface Candidate {
  readonly key: FileKey;
  readonly open: string;
  readonly path: string;
}

function exeOf(pid: number): Omit<Candidate, "key"> {
  const open = `/proc/${pid}/exe`;
  return { open, path: readLink(open) };
}

function sameKey(a: FileKey, b: FileKey): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function canOpen(path: string): boolean {
  try {
    new FileSource(path)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
}

/** Continues a process that the kernel stopped for us; it may be gone already. */
function resume(pid: number): void {
  try {
    Deno.kill(pid, "SIGCONT");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
  }
}
