/** Asks the resolver workers: those that look quickly, and those that read the contents of large files. */
import type { Depth } from "../targets/resolve.ts";
import { Lane, type LaneName, type Settle, type Staff } from "./lane.ts";
import type { Line } from "./resolver_worker.ts";

export class Resolver {
  readonly #cache: string | null;
  readonly #lanes: Readonly<Record<LaneName, Lane>>;
  #nextId = 1;

  constructor(cache: string | null, staff: Readonly<Record<LaneName, Staff>>) {
    this.#cache = cache;
    this.#lanes = {
      // Every program and library. They never wait behind the contents of a large program.
      quick: new Lane(staff.quick, { atOnce: 1, busyMs: 300, keep: 1 }),
      // Few; but agents that start together are held together, and two seconds each leave no room for one after the other.
      contents: new Lane(staff.contents, { atOnce: 2, busyMs: 4000, keep: 0 }),
    };
  }

  /** Calls back with the answer; with null when the file never answered. */
  ask(
    file: { readonly open: string; readonly depth: Depth; readonly urgent: boolean },
    settle: Settle,
  ): void {
    const { open, depth, urgent } = file;
    const request = { id: this.#nextId++, open, depth, cache: this.#cache };
    this.#lanes[depth === "contents" ? "contents" : "quick"].ask({ request, settle }, { urgent });
  }

  /** A worker that was asked for has started. */
  join(lane: LaneName, { id, line }: { readonly id: number; readonly line: Line }): void {
    this.#lanes[lane].join(id, line);
  }

  /** A worker broke. */
  lost(id: number): void {
    for (const lane of Object.values(this.#lanes)) lane.leave(id);
  }

  /** Sees to it that nobody waits for ever. Call often. */
  check(now: number): void {
    for (const lane of Object.values(this.#lanes)) lane.check(now);
  }
}
