/**
 * Says of each process which library its plain text comes from, and whether what came is plain text.
 *
 * A hook is believed when a connection through it begins like a known protocol, or when the socket shows a TLS record
 * of the length that its plain text gives. Hooks that a file's own names led to stay on in any case: other protocols
 * use TLS too. Those found by what the code looks like go when connection after connection shows neither.
 */
import type { Actor, CoverageChanged, Draft, Micros } from "../event.ts";
import type { Spoken } from "../protocol/connection.ts";
import type { ConnId, StreamRecord } from "../protocol/stream_record.ts";
import type { HookedLibrary } from "./messages.ts";

const MAX_REMEMBERED = 16_384;
/** One connection may speak anything; this many that all do not look like plain text are no accident. */
const STRANGE_CONNECTIONS = 4;
/** One that was joined in the middle begins anywhere: more of them are needed. */
const STRANGE_JOINED = 16;

interface Use {
  readonly actor: Actor;
  readonly library: number;
  readonly half: boolean;
}

/** What is known of a library, over all processes. */
interface Trust {
  verified: boolean;
  rejected: boolean;
  /** 1 is enough. */
  doubt: number;
}

export class Coverage {
  readonly #libraries = new Map<number, HookedLibrary>();
  readonly #exes = new Map<string, string>();
  readonly #said = new Set<string>();
  readonly #uses = new Map<ConnId, Use>();
  readonly #trust = new Map<number, Trust>();
  #rejected: number[] = [];

  /** Learns the executables that uses will be reported with, and puts them where the kernel did not know them. */
  observe(drafts: Draft[]): void {
    drafts.forEach((draft, n) => {
      if (draft.kind === "process.exec" || draft.kind === "process.running") {
        if (this.#exes.size >= MAX_REMEMBERED) this.#exes.clear();
        this.#exes.set(`${draft.pid} ${draft.start}`, draft.exe);
      } else if (draft.kind === "coverage" && draft.exe === "") {
        drafts[n] = { ...draft, exe: this.#exeOf(draft) };
      }
    });
  }

  hooked(libraries: readonly HookedLibrary[]): void {
    for (const library of libraries) this.#libraries.set(library.id, library);
  }

  /** The first use of a library by a process, and its first proof that a hook is right, as events. */
  used(records: readonly StreamRecord[]): Draft<CoverageChanged>[] {
    return records.flatMap((record) => {
      if (record.type === "open" && record.library !== undefined) {
        const { conn, actor, library, ts, half = false } = record;
        if (this.#uses.size >= MAX_REMEMBERED) this.#uses.delete(this.#uses.keys().next().value!);
        const use = { actor, library, half };
        this.#uses.set(conn, use);
        // The kernel takes nothing at this boundary that does not carry a TLS record's own header.
        return [...this.#say("attached", use, ts), ...(half ? this.#verified(use, ts) : [])];
      }
      if (record.type !== "bind" || record.peer.confidence !== "strong") return [];
      const use = this.#uses.get(record.conn);
      return use ? this.#verified(use, record.ts) : [];
    });
  }

  /** What connections turned out to speak. */
  spoke(spoken: readonly Spoken[], now: Micros): Draft<CoverageChanged>[] {
    return spoken.flatMap(({ conn, protocol }) => {
      const use = this.#uses.get(conn);
      if (!use) return [];
      if (protocol === "http1" || protocol === "http2") return this.#verified(use, now);
      const trust = this.#trustOf(use.library);
      const named = this.#libraries.get(use.library)?.method === "symbols";
      if (trust.verified || trust.rejected || named) return [];
      trust.doubt += protocol === "other" ? 1 / STRANGE_CONNECTIONS : 1 / STRANGE_JOINED;
      if (trust.doubt < 1) return [];
      trust.rejected = true;
      this.#rejected.push(use.library);
      return this.#say("rejected", use, now, "what its hooks gave is not plain text; they are off again");
    });
  }

  /** Libraries whose hooks are to be taken off, since the last call. */
  takeRejected(): number[] {
    return this.#rejected.splice(0);
  }

  #verified(use: Use, ts: Micros): Draft<CoverageChanged>[] {
    this.#trustOf(use.library).verified = true;
    return this.#say("verified", use, ts);
  }

  #trustOf(library: number): Trust {
    let trust = this.#trust.get(library);
    if (!trust) this.#trust.set(library, trust = { verified: false, rejected: false, doubt: 0 });
    return trust;
  }

  #say(
    status: CoverageChanged["status"],
    { actor, library }: Use,
    ts: Micros,
    reason?: string,
  ): Draft<CoverageChanged>[] {
    const key = `${actor.pid} ${actor.start} ${library} ${status}`;
    if (this.#said.has(key)) return [];
    if (this.#said.size >= MAX_REMEMBERED) this.#said.clear();
    this.#said.add(key);
    const hooked = this.#libraries.get(library);
    return [{
      kind: "coverage",
      ...actor,
      ts,
      exe: this.#exeOf(actor),
      library: hooked?.path ?? null,
      stack: hooked?.library ?? null,
      method: hooked?.method ?? null,
      status,
      since: ts,
      ...(reason !== undefined && { reason }),
    }];
  }

  #exeOf({ pid, start }: { readonly pid: number; readonly start: Micros }): string {
    return this.#exes.get(`${pid} ${start}`) ?? "";
  }
}
