/** What followed processes use, asked of /proc now and then: it costs only when it is asked. */
import type { Libc } from "../../ffi/libc.ts";
import type { Micros } from "../event.ts";
import type { CaptureOptions, Sample, Samples } from "./messages.ts";
import { parseIo, parseStat } from "./process_usage.ts";
import { SmallFiles } from "./small_file.ts";

/** Of one round, 2.5 ms (20 µs a process, measured): a fork bomb must not make records wait. */
const SAMPLES_PER_ROUND = 128;

export class ResourceSampler {
  readonly #files: SmallFiles;
  readonly #options: Pick<CaptureOptions, "boot" | "resourcesMs">;
  readonly #pageKb: number;
  #due = 0;
  /** Still to be looked at. */
  #rest: number[] = [];

  constructor(libc: Libc, options: Pick<CaptureOptions, "boot" | "resourcesMs">) {
    this.#files = new SmallFiles(libc);
    this.#options = options;
    this.#pageKb = libc.symbols.getpagesize() / 1024;
  }

  /** Some are still to be looked at. */
  get isLooking(): boolean {
    return this.#rest.length > 0;
  }

  /** Null when it is not time to look. `now` in ms, of any clock that only goes on. */
  take(now: number, followed: () => Iterable<number>): Samples | null {
    if (this.#rest.length === 0) {
      if (this.#options.resourcesMs === 0 || now < this.#due) return null;
      this.#due = now + this.#options.resourcesMs;
      this.#rest = [...followed()];
    }
    const list = this.#rest.splice(0, SAMPLES_PER_ROUND).flatMap((pid) => this.#sample(pid) ?? []);
    return { list, last: this.#rest.length === 0 };
  }

  #sample(pid: number): Sample | null {
    const bytes = this.#files.read(`/proc/${pid}/stat`);
    const stat = bytes && parseStat(bytes);
    if (!stat) return null;
    const io = this.#files.read(`/proc/${pid}/io`);
    return {
      pid,
      start: this.#options.boot + stat.start_us as Micros,
      threads: stat.threads,
      cpu_us: stat.cpu_us,
      rss_kb: stat.rss_pages * this.#pageKb,
      moved: io && parseIo(io),
    };
  }
}
