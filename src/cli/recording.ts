/** The recording that a trace keeps, wherever it goes. */
import type { Event, Micros } from "../event.ts";
import type { Queries } from "../store/queries.ts";
import { Appender } from "../store/appender.ts";
import { BASE, recordingPath } from "../store/recording_path.ts";
import { Store } from "../store/store.ts";
import { StoreError } from "../store/store_error.ts";
import { version } from "../version.ts";
import { CliError, ExitCode } from "./exit_code.ts";
import type { TraceOptions } from "./trace_options.ts";
import type { User } from "./user.ts";

/** Memory for a trace that keeps nothing, in pages of 4 KiB: the page and the summary still need its events. */
const UNKEPT_PAGES = 65_536;

export class Recording implements Disposable {
  /** Null when nothing is kept. */
  readonly path: string | null;
  readonly #store: Store;
  readonly #appender: Appender;
  readonly #temporary: string | null;

  private constructor(store: Store, { path, temporary }: { path: string | null; temporary: string | null }) {
    this.#store = store;
    this.#appender = new Appender((events) => store.append(events));
    store.queries.beforeReading(() => this.#appender.flush());
    this.path = path;
    this.#temporary = temporary;
  }

  /** Throws with the cause and the next step. */
  static create(
    options: TraceOptions,
    { user, now }: { readonly user: User; readonly now: Micros },
  ): Recording {
    const meta = { version, started: String(now), capture: options.capture };
    try {
      if (!options.store) {
        const temporary = Deno.makeTempDirSync({ dir: memoryDirectory(), prefix: "agentsight-" });
        const store = Store.create({ path: `${temporary}/events.sqlite`, meta, maxPages: UNKEPT_PAGES });
        return new Recording(store, { path: null, temporary });
      }
      const owner = { user: user.name, gid: user.gid };
      const path = options.db ?? recordingPath({ user: user.name, now });
      const store = Store.create({ path, meta, owner, ...(options.db === undefined ? { base: BASE } : {}) });
      return new Recording(store, { path, temporary: null });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new CliError(error.message, { code: ExitCode.store, cause: error });
    }
  }

  get queries(): Queries {
    return this.#store.queries;
  }

  /** Writing has failed; what was written before stays. */
  get failed(): boolean {
    return this.#appender.failed;
  }

  /** The error that ended writing, once; later events are not kept. */
  append(events: readonly Event[]): StoreError | null {
    return this.#appender.append(events);
  }

  /** Writes what is still held; the error like that of `append`. */
  finish(): StoreError | null {
    this.#appender.flush();
    return this.#appender.takeFailure();
  }

  [Symbol.dispose](): void {
    this.#appender[Symbol.dispose]();
    this.#store.close();
    if (this.#temporary) Deno.removeSync(this.#temporary, { recursive: true });
  }
}

function memoryDirectory(): string {
  try {
    return Deno.statSync("/dev/shm").isDirectory ? "/dev/shm" : "/tmp";
  } catch {
    return "/tmp";
  }
}
