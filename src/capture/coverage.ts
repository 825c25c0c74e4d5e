/** Says of each process, once, which library its plain text came from. */
import type { CoverageChanged, Draft } from "../event.ts";
import type { LibraryUse } from "./decode_payload.ts";
import type { HookedLibrary } from "./messages.ts";

const MAX_REMEMBERED = 16_384;

export class Coverage {
  readonly #libraries = new Map<number, HookedLibrary>();
  readonly #exes = new Map<string, string>();
  readonly #said = new Set<string>();

  /** Learns the executables that uses will be reported with. */
  observe(drafts: readonly Draft[]): void {
    for (const draft of drafts) {
      if (draft.kind !== "process.exec" && draft.kind !== "process.running") continue;
      if (this.#exes.size >= MAX_REMEMBERED) this.#exes.clear();
      this.#exes.set(`${draft.pid} ${draft.start}`, draft.exe);
    }
  }

  hooked(libraries: readonly HookedLibrary[]): void {
    for (const library of libraries) this.#libraries.set(library.id, library);
  }

  /** The first use of a library by a process as an event; nothing afterwards. */
  used({ actor, library, ts }: LibraryUse): Draft<CoverageChanged>[] {
    const key = `${actor.pid} ${actor.start} ${library}`;
    if (this.#said.has(key)) return [];
    if (this.#said.size >= MAX_REMEMBERED) this.#said.clear();
    this.#said.add(key);
    const hooked = this.#libraries.get(library);
    return [{
      kind: "coverage",
      ...actor,
      ts,
      exe: this.#exes.get(`${actor.pid} ${actor.start}`) ?? "",
      library: hooked?.path ?? null,
      method: hooked?.method ?? null,
      status: "attached",
      since: ts,
    }];
  }
}
