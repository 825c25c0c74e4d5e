/** The summary strip: the server's summary, carried forward by the stream until the next one. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { AsOf, CallRow, Event, LlmCalled, Summary } from "../api.ts";

export class Totals {
  readonly #summary = signal<Summary | null>(null);
  /** The last event in the summary that was loaded. */
  #loaded = 0;
  #pending: { -readonly [K in keyof Summary]: Summary[K] } | null = null;

  get summary(): ReadonlySignal<Summary | null> {
    return this.#summary;
  }

  /** Events that it has counted are not counted again. */
  load({ seq, ...summary }: Summary & AsOf): void {
    this.#pending = null;
    this.#loaded = seq;
    this.#summary.value = summary;
  }

  addCall(call: CallRow): void {
    const total = this.#open();
    if (total === null || call.seq <= this.#loaded) return;
    total.calls++;
    total.input_tokens += call.usage.input_tokens ?? 0;
    total.output_tokens += call.usage.output_tokens ?? 0;
    total.cache_read_tokens += call.usage.cache_read_tokens ?? 0;
    total.cache_write_tokens += call.usage.cache_write_tokens ?? 0;
    if (call.cost_usd === null) total.unpriced_calls++;
    else total.cost_usd += call.cost_usd;
    if (!call.complete) total.incomplete_calls++;
    if (call.error !== null) total.failed_calls++;
    seen(total, call.ts);
  }

  apply(event: Exclude<Event, LlmCalled>): void {
    const total = this.#open();
    if (total === null || event.seq <= this.#loaded) return;
    seen(total, event.ts);
    const count = event.count ?? 1;
    switch (event.kind) {
      case "process.fork":
      case "process.running":
        total.processes++;
        break;
      case "process.exec":
        total.execs++;
        break;
      case "file.open":
        total.files_opened += count;
        if (event.access !== "read" && event.result >= 0) total.files_written += count;
        break;
      case "file.close":
        if (event.type !== undefined && event.type !== "file") break;
        total.file_read_bytes += event.read_bytes;
        total.file_written_bytes += event.written_bytes;
        break;
      case "file.unlink":
      case "file.rmdir":
        if (event.result === 0) total.files_removed += count;
        break;
      case "file.rename":
        if (event.result === 0) total.files_renamed += count;
        break;
      case "net.connect":
        total.connections += count;
        if (event.result < 0 && event.result !== -EINPROGRESS) total.connections_failed += count;
        break;
      case "net.close":
        total.net_sent_bytes += event.sent_bytes;
        total.net_received_bytes += event.received_bytes;
        break;
      case "loss":
        total.loss = addLoss(total.loss, event);
        break;
      default:
    }
  }

  /** One new summary for all changes of a batch. */
  publish(): void {
    if (this.#pending !== null) this.#summary.value = this.#pending;
    this.#pending = null;
  }

  /** Null before the first summary: it will hold what is counted now. */
  #open() {
    const summary = this.#summary.peek();
    if (this.#pending === null && summary !== null) this.#pending = { ...summary };
    return this.#pending;
  }
}

function seen(total: { first_ts: Summary["first_ts"]; last_ts: Summary["last_ts"] }, ts: Event["ts"]): void {
  if (total.first_ts === null) total.first_ts = ts;
  if (total.last_ts === null || ts > total.last_ts) total.last_ts = ts;
}

/** Not known yet how it ends. */
const EINPROGRESS = 115;

type Loss = Summary["loss"][number];

function addLoss(losses: Summary["loss"], { class: name, reason, unit, count }: Loss): Summary["loss"] {
  const same = losses.find((loss) => loss.class === name && loss.reason === reason && loss.unit === unit);
  if (same === undefined) return [...losses, { class: name, reason, unit, count }];
  return losses.map((loss) => loss === same ? { ...same, count: same.count + count } : loss);
}
