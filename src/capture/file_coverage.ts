/** What is said of the processes that use a file which cannot be seen into, or not yet. */
import type { CoverageChanged, Draft } from "../event.ts";
import type { Refusal, Stack } from "../targets/target.ts";
import { type Candidate, numberOf } from "./candidate.ts";
import type { MappedFile } from "./mapped_files.ts";
import type { Probes } from "./probes.ts";
import { readLink } from "./processes.ts";
import type { ProcessSeen } from "./worker_records.ts";

type File = Pick<Candidate, "path">;
type Users = readonly ProcessSeen[];

/** Files that were refused, and processes that were told of one. */
const MAX_REMEMBERED = 4096;

export class FileCoverage {
  readonly #probes: Probes;
  /** By file, for the processes that use it later: a file is judged once. */
  readonly #refusals = new Map<string, Refusal>();
  readonly #said = new Set<string>();
  readonly #drafts: Draft[] = [];

  constructor(probes: Probes) {
    this.#probes = probes;
  }

  /** What was said since the last call. */
  take(): readonly Draft[] {
    return this.#drafts.splice(0);
  }

  unreadable(users: Users, file: File, reason: string): void {
    this.#say(users, file, { status: "unsupported", reason: `cannot be read: ${reason}` });
  }

  refused(users: Users, file: Candidate, refusal: Refusal): void {
    if (this.#refusals.size >= MAX_REMEMBERED) this.#refusals.clear();
    this.#refusals.set(numberOf(file.key), refusal);
    this.#sayRefused(users, file, refusal);
  }

  failed(
    users: Users,
    file: File,
    { stack, reason }: { readonly stack: Stack; readonly reason: string },
  ): void {
    this.#say(users, file, { stack: stack.library, method: stack.method, status: "failed", reason });
  }

  /** The process went on before there was a verdict. */
  timedOut(file: File, seen: ProcessSeen, ms: number): void {
    const reason = `no verdict within ${ms / 1000} s; what it sent until then is not seen`;
    this.#say([seen], file, { status: "timeout", reason });
  }

  /** The process speaks TLS, and none of the files it has mapped is hooked; the program itself is the first. */
  unheard(files: readonly MappedFile[], seen: ProcessSeen): void {
    let known = false;
    for (const file of files) {
      const refusal = this.#refusals.get(numberOf(file.key));
      if (refusal) this.#sayRefused([seen], file, refusal);
      known ||= refusal !== undefined;
    }
    const [program] = files;
    if (known || !program) return;
    const reason = "it speaks TLS by means that are not known; what it sends and receives is not seen";
    this.#say([seen], program, { status: "unsupported", reason });
  }

  /** Nobody looks into a file of a file system that may never answer. */
  leftAlone(file: File, seen: ProcessSeen): void {
    const reason =
      "it is on a FUSE file system, which could keep AgentSight waiting for ever; run a copy from elsewhere";
    this.#say([seen], file, { status: "unsupported", reason });
  }

  #sayRefused(users: Users, file: File, { library, reason }: Refusal): void {
    const what = `${library}: ${reason}; its TLS traffic is not seen`;
    this.#say(users, file, { stack: library, status: "unsupported", reason: what });
  }

  #say(
    users: Users,
    file: File,
    what: Pick<CoverageChanged, "status" | "reason"> & Partial<Pick<CoverageChanged, "stack" | "method">>,
  ): void {
    for (const { pid, tid, start, comm, ts } of users) {
      const key = `${pid} ${start} ${file.path} ${what.status} ${what.reason}`;
      if (!this.#probes.isTracked(pid) || this.#said.has(key)) continue;
      if (this.#said.size >= MAX_REMEMBERED) this.#said.clear();
      this.#said.add(key);
      const exe = readLink(`/proc/${pid}/exe`);
      const who = { kind: "coverage", ts, pid, tid, start, comm, since: ts } as const;
      this.#drafts.push({ ...who, exe, library: file.path, stack: null, method: null, ...what });
    }
  }
}
