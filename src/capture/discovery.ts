/**
 * Which files get hooked and which processes get followed, decided as they come into view: at start, at an exec, at
 * the mapping of a library, and when the kernel recognised an agent.
 */
import type { Libc } from "../../ffi/libc.ts";
import type { CoverageChanged, Draft, Micros } from "../event.ts";
import { FileSource } from "../targets/file_source.ts";
import { findHiddenTls, resolve, type Verdict } from "../targets/resolve.ts";
import { matchesName } from "./match_name.ts";
import { mappedFiles } from "./mapped_files.ts";
import type { CaptureOptions, HookedLibrary } from "./messages.ts";
import { type FileKey, isDiscovering, type Probes } from "./probes.ts";
import { listProcesses, type Process, readLink, toRunning, treeOf } from "./processes.ts";
import type { ImageSeen, ProcessSeen } from "./worker_records.ts";

const MAX_TREE_PASSES = 4;
/** A program that writes libraries without end must not fill the kernel with hooks, nor us with verdicts. */
const MAX_LIBRARIES = 1024;
const MAX_VERDICTS = 65_536;
const MAX_UNEXPLAINED = 256;

export class Discovery {
  /** Found since the last round. */
  readonly libraries: HookedLibrary[] = [];
  readonly drafts: Draft[] = [];
  readonly #probes: Probes;
  readonly #libc: Libc;
  readonly #options: CaptureOptions;
  readonly #judged = new Set<string>();
  /** Files without hooks that tracked processes run, opened while they can be; looked into when there is time. */
  readonly #unexplained: {
    readonly source: FileSource;
    readonly path: string;
    readonly seen: ProcessSeen;
  }[] = [];
  #nextLibrary = 1;

  constructor(probes: Probes, { libc, options }: { readonly libc: Libc; readonly options: CaptureOptions }) {
    this.#probes = probes;
    this.#libc = libc;
    this.#options = options;
  }

  get hooked(): number {
    return this.#nextLibrary - 1;
  }

  /** Hooks what runs already and follows what was selected. Returns how many processes are followed. */
  begin(now: Micros): number {
    const { select, launched } = this.#options;
    if (launched !== null) this.#probes.track(launched);
    const all = this.#list();
    const chosen = all.filter((p) =>
      p.pid !== Deno.pid && (select.all || select.pids.includes(p.pid) || this.#isChosenByName(p))
    );
    for (const process of chosen) this.#followTree(process.pid, now);
    const watched = isDiscovering(this.#options) ? all : all.filter((p) => this.#probes.isTracked(p.pid));
    for (const process of watched) this.#judgeMapped({ ...process, ts: now, tid: process.pid });
    return all.filter((p) => this.#probes.isTracked(p.pid)).length;
  }

  /** The kernel found that a process talks to a language model: its whole tree belongs to the agent. */
  agentFound(seen: ProcessSeen): void {
    this.#followTree(seen.pid, seen.ts);
    this.#judgeMapped(seen);
  }

  /** Code without a verdict was started or mapped. A process that was stopped for it goes on, whatever the verdict. */
  imageSeen(image: ImageSeen): void {
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

  #list(): Process[] {
    return listProcesses(this.#probes.process, this.#libc, this.#options.boot);
  }

  #isChosenByName(process: Process): boolean {
    const { comms, exes } = this.#options.select;
    if (comms.length === 0 && exes.length === 0) return false;
    const exe = readLink(`/proc/${process.pid}/exe`);
    const base = exe.slice(exe.lastIndexOf("/") + 1);
    return exes.includes(exe) ||
      comms.some((name) => matchesName(name, process.comm) || matchesName(name, base));
  }

  /** A process forked before its parent was tracked shows up in the next listing; then there are none left. */
  #followTree(root: number, now: Micros): void {
    for (let pass = 0; pass < MAX_TREE_PASSES; pass++) {
      const fresh = treeOf(this.#list(), root).filter((p) =>
        p.pid !== Deno.pid && (pass === 0 && p.pid === root || !this.#probes.isTracked(p.pid))
      );
      if (fresh.length === 0) return;
      for (const process of fresh) {
        this.#probes.track(process.pid);
        this.drafts.push(toRunning(process, now));
      }
    }
  }

  #judgeMapped(seen: ProcessSeen): void {
    for (const file of mappedFiles(seen.pid)) this.#judge(file, seen);
  }

  #judge(file: Candidate, seen: ProcessSeen): void {
    const name = `${file.key.dev}:${file.key.ino}`;
    if (this.#judged.has(name)) {
      this.#probes.judged(file.key);
      return;
    }
    const verdict = this.#options.level === "off" ? { kind: "none" } as const : resolve(file.open);
    // Its process ended first: whoever uses the file next shows it.
    if (verdict.kind === "gone") return this.#probes.forget(file.key);
    this.#apply(verdict, file, seen);
    if (this.#judged.size >= MAX_VERDICTS) this.#judged.clear();
    this.#judged.add(name);
    this.#probes.judged(file.key);
  }

  #apply(verdict: Verdict, file: Candidate, seen: ProcessSeen): void {
    const about = { exe: readLink(`/proc/${seen.pid}/exe`), library: file.path };
    if (verdict.kind === "hook") {
      const id = this.#nextLibrary;
      try {
        if (id > MAX_LIBRARIES) throw new Error(`${MAX_LIBRARIES} libraries are hooked already`);
        this.#probes.tls.attach(file.open, { id, functions: verdict.functions });
        this.#nextLibrary++;
        this.libraries.push({ id, path: file.path, method: verdict.method });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#cover(seen, { ...about, method: verdict.method, status: "failed", reason });
      }
    } else if (verdict.kind === "unsupported") {
      if (this.#probes.isTracked(seen.pid)) {
        this.#cover(seen, { ...about, method: null, status: "unsupported", reason: verdict.reason });
      }
    } else if (this.#options.level !== "off" && this.#probes.isTracked(seen.pid)) {
      this.#explainLater(file, seen);
    }
  }

  /** The system's own libraries are known by their symbols, or have none of their own TLS. */
  #explainLater(file: Candidate, seen: ProcessSeen): void {
    if (/^\/(?:usr\/)?lib/.test(file.path) || this.#unexplained.length >= MAX_UNEXPLAINED) return;
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

interface Candidate {
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

/** Continues a process that the kernel stopped for us; it may be gone already. */
function resume(pid: number): void {
  try {
    Deno.kill(pid, "SIGCONT");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
  }
}
