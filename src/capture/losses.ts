/** The kernel's loss counters, read as what was added since the last look. */
import type { Counters } from "./counters.ts";
import { LossClass } from "./layout.gen.ts";
import type { Loss } from "./messages.ts";

const meaning: Readonly<Record<number, Omit<Loss, "count">>> = {
  [LossClass.PROCESS]: { class: "process", reason: "control ring full", unit: "events" },
  [LossClass.FILE]: { class: "file", reason: "control ring full", unit: "events" },
  [LossClass.NET]: { class: "net", reason: "control ring full or address not readable", unit: "events" },
  [LossClass.IMAGE]: { class: "image", reason: "control ring full", unit: "events" },
  [LossClass.TLS_CONTROL]: { class: "tls", reason: "payload ring full", unit: "events" },
  [LossClass.PAYLOAD_RING]: { class: "payload", reason: "payload ring full", unit: "bytes" },
  [LossClass.PAYLOAD_SCRATCH]: { class: "payload", reason: "copy buffers in use", unit: "bytes" },
  [LossClass.PAYLOAD_FAULT]: { class: "payload", reason: "memory not readable", unit: "bytes" },
  [LossClass.PAYLOAD_STEPS]: { class: "payload", reason: "more than one call is copied of", unit: "bytes" },
  [LossClass.TLS_CALL]: { class: "tls", reason: "return without its entry", unit: "events" },
  [LossClass.TRACKED_FULL]: { class: "process", reason: "too many processes to follow", unit: "events" },
  [LossClass.PLAIN_CONTROL]: { class: "plain", reason: "payload ring full", unit: "events" },
  [LossClass.PLAIN_RING]: { class: "plain", reason: "payload ring full", unit: "bytes" },
  [LossClass.PLAIN_FAULT]: { class: "plain", reason: "memory not readable", unit: "bytes" },
  [LossClass.PLAIN_UNREAD]: { class: "plain", reason: "not in the process's memory", unit: "bytes" },
  [LossClass.PROCESS_THROTTLED]: { class: "process", reason: "throttled", unit: "events" },
  [LossClass.FILE_THROTTLED]: { class: "file", reason: "throttled", unit: "events" },
  [LossClass.NET_THROTTLED]: { class: "net", reason: "throttled", unit: "events" },
  [LossClass.FILES_FULL]: { class: "file", reason: "too many open files to follow", unit: "events" },
  [LossClass.SOCKETS_FULL]: { class: "net", reason: "too many sockets to follow", unit: "events" },
  [LossClass.CALLS_FULL]: { class: "call", reason: "too many calls at once to follow", unit: "events" },
  [LossClass.IO_URING]: { class: "io_uring", reason: "requests to io_uring are not seen", unit: "events" },
  [LossClass.ARGV]: { class: "argv", reason: "memory not readable", unit: "events" },
};

export class KernelLosses {
  readonly #counters: Counters;
  readonly #seen = new Map<string, readonly number[]>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** What was lost since the last call; empty when nothing was. The counters have just been read. */
  take(): Loss[] {
    const losses: Loss[] = [];
    for (const [index, what] of Object.entries(meaning)) {
      if (this.#counters.total(Number(index)) === 0) continue;
      const totals = Array.from(
        { length: this.#counters.cpus },
        (_, cpu) => this.#counters.of(Number(index), cpu),
      );
      const before = this.#seen.get(index);
      const added = totals.map((total, cpu) => total - (before?.[cpu] ?? 0));
      const count = added.reduce((sum, one) => sum + one, 0);
      if (count === 0) continue;
      this.#seen.set(index, totals);
      const by_cpu = Object.fromEntries(Object.entries(added).filter(([, lost]) => lost > 0));
      losses.push({ ...what, count, by_cpu });
    }
    return losses;
  }
}
