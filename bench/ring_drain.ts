/** Draining and decoding the control ring, beside a libbpf callback a record over the same records. */
import { ControlDecoder } from "../src/capture/decode_control.ts";
import type { Draft } from "../src/event.ts";
import { RECORD_HEADER_BYTES } from "../ffi/ring_buffer.ts";
import { type Bench, Series } from "./bench.ts";
import { cpuTime } from "./cpu_time.ts";
import { RewindableRing } from "./rewindable_ring.ts";
import { boot, probesAfterStorm } from "./storm.ts";

/** About 600 records: what a busy source gathers while the batch before is dealt with. */
const BATCH_BYTES = 64 << 10;
const BATCH_RECORDS = 600;
const DISTINCT_FILES = 2000;
/** About 7 MB of records: the ring of 8 MiB must hold them. */
const CYCLES = 12_500;

export const ringDrain: Bench = {
  name: "ring_drain",
  title: "Control ring",
  method:
    "One default ring filled once with the records of real file work, then consumed again and again in " +
    "turns: mapped, drained and decoded; by `ring_buffer__poll` with a callback a record, in a nonblocking call as a " +
    "program that also waits has to make it (by the clock); in a call that blocks, with a callback that decodes and with " +
    "an empty one (by processor time, garbage collection included).",
  async run(context) {
    using probes = await probesAfterStorm(context, {
      files: DISTINCT_FILES,
      cycles: context.quick ? 500 : CYCLES,
    });
    using ring = new RewindableRing(probes.ringFds[0]!);
    const decoder = new ControlDecoder(boot);
    let records = 0;
    // Fewer than records: a call and its result are one.
    let told = 0;
    let drafts: Draft[] = [];

    const drain = () => {
      for (;;) {
        const batch = probes.control.drain(BATCH_BYTES);
        if (batch === null) return;
        drafts = [];
        decoder.decode(batch, drafts);
        told += drafts.length;
      }
    };
    const drainOnly = () => {
      while (probes.control.drain(BATCH_BYTES) !== null);
    };
    const callback = () => {
      records += ring.poll(() => {});
    };
    const callbackDecoding = () => {
      ring.poll((data, size) => {
        // No more of them at once than a drained batch has.
        if (drafts.length >= BATCH_RECORDS) drafts = [];
        // The decoder takes records as the ring framed them.
        const length = RECORD_HEADER_BYTES + size;
        const bytes = Deno.UnsafePointerView.getArrayBuffer(data, length, -RECORD_HEADER_BYTES);
        const before = drafts.length;
        decoder.decode(new Uint8Array(bytes), drafts);
        told += drafts.length - before;
      });
    };

    const rates = {
      drain: new Series("drain and decode", "records/s", { least: 1_000_000 }),
      only: new Series("drain alone", "records/s"),
      callback: new Series("callback, empty", "records/s"),
      decoding: new Series("callback, decoding", "records/s"),
    };
    const aside = new Series("drain and decode ÷ callback of a nonblocking poll", "×", { least: 5 });
    const fair = new Series("drain and decode ÷ decoding callback of a blocking poll", "×");
    const ratio = new Series("drain and decode ÷ empty callback of a blocking poll", "×");
    callback();
    const total = records;
    ring.rewind();
    drain();
    const expected = told;
    const rate = (work: () => void): number => {
      ring.rewind();
      records = told = 0;
      const from = cpuTime();
      work();
      const seconds = cpuTime() - from;
      const whole = work === callback ? records === total : work === drainOnly || told === expected;
      if (!whole) {
        throw new Error(`Cannot measure: ${records} records of ${total}, ${told} facts of ${expected}`);
      }
      return total / seconds;
    };
    const timed = async (work: () => unknown): Promise<number> => {
      ring.rewind();
      const from = performance.now();
      await work();
      return performance.now() - from;
    };
    for (let i = 0; i < (context.quick ? 1 : 3); i++) {
      const [mapped, called] = [await timed(() => drain()), await timed(() => ring.pollAside(() => {}))];
      aside.add(called / mapped);
    }
    const repeat = context.quick ? 2 : 40;
    for (let i = -2; i < repeat; i++) {
      const a = rate(drain), b = rate(callback), c = rate(callbackDecoding), d = rate(drainOnly);
      // The first rounds are the compiler's.
      if (i < 0) continue;
      rates.drain.add(a);
      rates.callback.add(b);
      rates.decoding.add(c);
      rates.only.add(d);
      ratio.add(a / b);
      fair.add(a / c);
    }
    return [aside, fair, ratio, ...Object.values(rates)].map((series) => series.row);
  },
};
