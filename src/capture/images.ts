/**
 * Which files get hooked, decided as they come into view: at start, at an exec, at the mapping of a library. Every file
 * is judged once, by device, inode and last change. The resolver looks into it; meanwhile the processes that wait for
 * the verdict stay stopped, for at most HOLD_MS.
 */
import type { Libc } from "../../ffi/libc.ts";
import type { Draft } from "../event.ts";
import { type Candidate, exeOf, type Found, nameOf, numberOf, type Pending, sameKey } from "./candidate.ts";
import { HOLD_LAUNCHED_MS, HOLD_MS, resume, SILENT_MS } from "./held.ts";
import { FileCoverage } from "./file_coverage.ts";
import { Hooking } from "./hooking.ts";
import { fuseDevices } from "./fuse_devices.ts";
import { lastChange } from "./last_change.ts";
import { mappedFiles } from "./mapped_files.ts";
import type { CaptureLevel, HookedLibrary } from "./messages.ts";
import type { Probes } from "./probes.ts";
import type { Resolver } from "./resolver.ts";
import type { ResolveAnswer } from "./resolver_worker.ts";
import { isSystemLibrary } from "./system_library.ts";
import type { ImageSeen, ProcessSeen } from "./worker_records.ts";

/** A program that makes files without end must not fill our memory: what is over this is judged when it is used next. */
const MAX_JUDGED = 65_536;
const MAX_PENDING = 4096;
/** Processes that are told of, for one file under examination. */
const MAX_USERS = 64;

const unanswered = { kind: "unreadable", reason: "its file system does not answer" } as const;

export interface ImagesOptions {
  readonly level: CaptureLevel;
  /** The process that waits as long as it takes. */
  readonly launched: number | null;
  /** Tells the user what takes long. */
  readonly notice: (text: string) => void;
}

export class Images implements Disposable {
  readonly #probes: Probes;
  readonly #options: ImagesOptions;
  readonly #libc: Libc;
  readonly #resolver: Resolver;
  readonly #coverage: FileCoverage;
  readonly #hooking: Hooking;
  readonly #judged = new Set<string>();
  readonly #pending = new Map<string, Pending>();
  readonly #quick = new Set<string>();
  #settled = () => {};

  constructor(
    { probes, libc, resolver }: { readonly probes: Probes; readonly libc: Libc; readonly resolver: Resolver },
    options: ImagesOptions,
  ) {
    this.#probes = probes;
    this.#options = options;
    this.#libc = libc;
    this.#resolver = resolver;
    this.#coverage = new FileCoverage(probes);
    this.#hooking = new Hooking({ probes, libc }, this.#coverage);
  }

  /** Readable when a hooked file was written to: {@link dropWritten} is due. */
  get writtenFd(): number {
    return this.#hooking.writtenFd;
  }

  dropWritten(): void {
    this.#hooking.dropWritten();
  }

  [Symbol.dispose](): void {
    this.#hooking[Symbol.dispose]();
  }

  get hooked(): number {
    return this.#hooking.count;
  }

  /** Some process is stopped for a verdict. */
  get holding(): boolean {
    for (const { held } of this.#pending.values()) if (held.size > 0) return true;
    return false;
  }

  /** What was found out since the last call. */
  take(): { readonly libraries: readonly HookedLibrary[]; readonly drafts: readonly Draft[] } {
    return { libraries: this.#hooking.takeLibraries(), drafts: this.#coverage.take() };
  }

  /** Code without a verdict was started or mapped. */
  seen(image: ImageSeen): void {
    if (image.fuse) return this.#leaveAlone(image);
    const files = mappedFiles(image.pid);
    // Only the very file may be judged: one that is not held may have exec'ed another by now.
    const file = files.find((f) => sameKey(f.key, image.key)) ??
      (image.mapped ? files.find((f) => f.from === image.addr) : image.held ? exeOf(image.pid) : undefined);
    if (file) return this.#judge({ ...file, key: image.key }, image, { held: image.held });
    this.#probes.forget(image.key);
    this.release(image);
  }

  /** Continues a process without a verdict: nobody watches any more. */
  release(image: ImageSeen): void {
    if (image.held) resume(image.pid);
  }

  /** However this ends, nobody stays stopped. */
  releaseAll(): void {
    for (const { held } of this.#pending.values()) for (const pid of held.keys()) resume(pid);
    this.#pending.clear();
  }

  /** Hooks a file that nobody may have mapped yet. */
  hookEarly(file: Found): void {
    this.#judgeFound(file, null);
  }

  /** Judges every executable file a process has mapped. */
  judgeMapped(seen: ProcessSeen): void {
    const fuse = fuseDevices(seen.pid);
    for (const file of mappedFiles(seen.pid)) {
      if (!fuse.has(file.key.dev)) this.#judgeFound(file, seen);
    }
  }

  /**
   * A process has begun a TLS connection: whatever speaks it is in memory by now. When none of its files is hooked, or
   * being looked into, what it says is not seen, and that is said, with the reason where there is one.
   */
  spokenBy(seen: ProcessSeen): void {
    if (this.#options.level === "off") return;
    const files = mappedFiles(seen.pid);
    if (files.length === 0) return;
    const inQuestion = new Set([...this.#pending.values()].map(({ file }) => numberOf(file.key)));
    if (files.some(({ key }) => this.#hooking.has(key) || inQuestion.has(numberOf(key)))) return;
    this.#coverage.unheard(files, seen);
  }

  /** Resolves when everything seen so far was looked at quickly. */
  async lookedUp(): Promise<void> {
    while (this.#quick.size > 0) await new Promise<void>((resolve) => this.#settled = resolve);
  }

  /** Continues who has waited long enough. Call often. */
  expire(now: number): void {
    this.#resolver.check(now);
    for (const pending of this.#pending.values()) {
      const { file, held, since, told } = pending;
      if (held.size === 0) continue;
      const waited = now - since;
      if (waited > SILENT_MS && !told) {
        pending.told = true;
        this.#options.notice(`looking for TLS in ${file.path} for the first time; its process waits`);
      }
      for (const seen of held.values()) {
        const limit = seen.pid === this.#options.launched ? HOLD_LAUNCHED_MS : HOLD_MS;
        if (waited < limit) continue;
        held.delete(seen.pid);
        // While it is there to be told of.
        this.#coverage.timedOut(file, seen, limit);
        resume(seen.pid);
      }
    }
  }

  /** A thread that waits for such a file system cannot be ended, and neither can its process: ours. */
  #leaveAlone(image: ImageSeen): void {
    const mapped = mappedFiles(image.pid).find((file) => sameKey(file.key, image.key));
    this.#coverage.leftAlone(mapped ?? exeOf(image.pid), image);
    this.#probes.judged(image.key);
    this.release(image);
  }

  #judgeFound(file: Found, seen: ProcessSeen | null): void {
    const changed = lastChange(this.#libc, file.open);
    if (changed !== null) this.#judge({ ...file, key: { ...file.key, changed } }, seen, { held: false });
  }

  #judge(file: Candidate, seen: ProcessSeen | null, { held }: { readonly held: boolean }): void {
    const name = nameOf(file.key);
    if (this.#options.level === "off" || this.#judged.has(name)) {
      this.#probes.judged(file.key);
      if (held && seen) resume(seen.pid);
      return;
    }
    let pending = this.#pending.get(name);
    if (!pending) {
      if (this.#pending.size >= MAX_PENDING) {
        this.#probes.forget(file.key);
        if (held && seen) resume(seen.pid);
        return;
      }
      // The system's own libraries are known by their names.
      const depth = isSystemLibrary(file.path, file.key) ? "names" : "quick";
      pending = { file, users: [], held: new Map(), depth, since: 0, told: false };
      this.#pending.set(name, pending);
      this.#quick.add(name);
      this.#ask(name, pending);
    }
    if (!seen) return;
    if (pending.users.length < MAX_USERS) pending.users.push(seen);
    if (!held) return;
    if (pending.held.size === 0) pending.since = performance.now();
    pending.held.set(seen.pid, seen);
  }

  #ask(name: string, pending: Pending): void {
    const urgent = pending.held.size > 0 || pending.users.some(({ pid }) => this.#probes.isTracked(pid));
    this.#resolver.ask({ open: pending.file.open, depth: pending.depth, urgent }, (answer) => {
      try {
        this.#answered(name, pending, answer);
      } finally {
        if (this.#quick.size === 0) this.#settled();
      }
    });
  }

  #answered(name: string, pending: Pending, answer: ResolveAnswer | null): void {
    const { file } = pending;
    this.#quick.delete(name);
    const verdict = answer?.verdict ?? unanswered;
    if (verdict.kind === "found" && verdict.unfinished) {
      pending.depth = "contents";
      return this.#ask(name, pending);
    }
    // Who runs new code while old hooks are on it would crash: it is held until they are gone.
    const leaving = this.#hooking.dropBefore(file.key);
    if (leaving) void leaving.then(() => this.#apply(name, pending, answer));
    else this.#apply(name, pending, answer);
  }

  #apply(name: string, { file, users, held }: Pending, answer: ResolveAnswer | null): void {
    const verdict = answer?.verdict ?? unanswered;
    this.#pending.delete(name);
    try {
      const lasting = this.#hooking.apply({ file, users, verdict, fd: answer?.fd ?? null });
      if (lasting) {
        if (this.#judged.size >= MAX_JUDGED) this.#judged.clear();
        this.#judged.add(name);
        this.#probes.judged(file.key);
      } else {
        // Its process ended first, or the file did not let itself be hooked: whoever uses it next shows it.
        this.#probes.forget(file.key);
      }
    } finally {
      // Two threads may have mapped two files: the process waits for both.
      const stillHeld = new Set([...this.#pending.values()].flatMap((pending) => [...pending.held.keys()]));
      for (const pid of held.keys()) if (!stillHeld.has(pid)) resume(pid);
    }
  }
}
