/** Which processes get followed: the selected ones, and those that the kernel found to be agents, with their trees. */
import type { Libc } from "../../ffi/libc.ts";
import type { Draft, Micros } from "../event.ts";
import { likelyLibraries } from "../targets/likely_libraries.ts";
import { fileKey } from "./file_key.ts";
import type { Images } from "./images.ts";
import { matchesName } from "./match_name.ts";
import type { CaptureOptions } from "./messages.ts";
import { isDiscovering, type Probes } from "./probes.ts";
import { listProcesses, type Process, readLink, toRunning, treeOf } from "./processes.ts";
import type { ProcessSeen } from "./worker_records.ts";

const MAX_TREE_PASSES = 4;

export class Discovery {
  /** Found since the last round. */
  readonly drafts: Draft[] = [];
  readonly #probes: Probes;
  readonly #images: Images;
  readonly #libc: Libc;
  readonly #options: CaptureOptions;

  constructor(
    { probes, images, libc }: { readonly probes: Probes; readonly images: Images; readonly libc: Libc },
    options: CaptureOptions,
  ) {
    this.#probes = probes;
    this.#images = images;
    this.#libc = libc;
    this.#options = options;
  }

  /** Hooks what runs already and follows what was selected. Returns how many processes are followed. */
  begin(now: Micros): number {
    const { select, launched } = this.#options;
    if (launched !== null) this.#probes.track(launched);
    if (isDiscovering(this.#options)) this.#hookLikely();
    const all = this.#list();
    const chosen = all.filter((p) =>
      p.pid !== Deno.pid && (select.all || select.pids.includes(p.pid) || this.#isChosenByName(p))
    );
    for (const process of chosen) this.#followTree(process.pid, now);
    const watched = isDiscovering(this.#options) ? all : all.filter((p) => this.#probes.isTracked(p.pid));
    for (const process of watched) this.#images.judgeMapped({ ...process, ts: now, tid: process.pid });
    return all.filter((p) => this.#probes.isTracked(p.pid)).length;
  }

  /** The kernel found that a process talks to a language model: its whole tree belongs to the agent. */
  agentFound(seen: ProcessSeen): void {
    this.#followTree(seen.pid, seen.ts);
    this.#images.judgeMapped(seen);
  }

  /** Here no program is held for a verdict: what it says first would be over before its library is hooked. */
  #hookLikely(): void {
    for (const path of likelyLibraries()) {
      const key = fileKey(this.#libc, path);
      if (key) this.#images.hookEarly({ key, open: path, path });
    }
  }

  #list(): Process[] {
    return listProcesses(this.#probes, this.#libc, this.#options.boot);
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
}
