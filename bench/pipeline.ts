/** From captured bytes to rows: the whole pipeline over recorded rounds, and what each stage of it takes. */
import { ControlDecoder } from "../src/capture/decode_control.ts";
import type { Round } from "../src/capture/messages.ts";
import { Fold } from "../src/correlate/fold.ts";
import { Sessions } from "../src/correlate/sessions.ts";
import type { Draft, Event, Micros } from "../src/event.ts";
import { Pipeline } from "../src/pipeline.ts";
import { Redactor } from "../src/redact/redactor.ts";
import { Store } from "../src/store/store.ts";
import { type Bench, type Context, Series } from "./bench.ts";
import { cpuTime } from "./cpu_time.ts";
import { boot, probesAfterStorm } from "./storm.ts";

/** About 600 records: what a busy source gathers while the round before is dealt with. */
const ROUND_BYTES = 64 << 10;
const CYCLES = 12_500;

const sources = [
  { name: "files of 2,000 paths again and again", files: 2000 },
  { name: "every file a new path", files: CYCLES },
];

export const pipeline: Bench = {
  name: "pipeline",
  title: "Pipeline",
  method:
    "Rounds of 64 KiB that were recorded from real file work go through decode, interpret, redact, correlate " +
    "and into SQLite, one after the other in one thread, as in a live trace. Events are counted as the kernel " +
    "reported them, before folding. Each stage is also measured alone over the same input.",
  async run(context) {
    const rows = [];
    for (const source of sources) {
      const rounds = await record(context, source.files);
      const events = rounds.reduce((sum, round) => sum + decode(round).length, 0);
      for (const fold of ["none", "auto"] as const) {
        const goal = { least: 100_000 };
        const what = `${source.name}, --fold ${fold}`;
        const series = new Series(what, "events/s", goal);
        const perCpu = new Series(`${what}, by processor time`, "events/s of a core");
        await repeat(context, async () => {
          const { seconds, cpu } = await whole(context, { rounds, fold });
          series.add(events / seconds);
          perCpu.add(events / cpu);
        });
        rows.push(series.row, perCpu.row);
      }
      const stages = new Map<string, Series>();
      await repeat(context, async () => {
        for (const [stage, seconds] of await alone(context, rounds)) {
          const what = `${source.name}: ${stage} alone`;
          const series = stages.get(stage) ?? new Series(what, "µs/event");
          stages.set(stage, series);
          series.add(seconds * 1e6 / events);
        }
      });
      rows.push(...[...stages.values()].map((series) => series.row));
    }
    return rows;
  },
};

async function repeat({ quick }: Context, work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < (quick ? 1 : 5); i++) await work();
}

async function record(context: Context, files: number): Promise<Round[]> {
  const cycles = context.quick ? 500 : CYCLES;
  using probes = await probesAfterStorm(context, { files, cycles });
  const rounds: Round[] = [];
  for (;;) {
    const control = probes.control.drain(ROUND_BYTES);
    if (control === null) return rounds;
    const round = { type: "round", libraries: [], drafts: [], payload: null, losses: [] } as const;
    const now = decode({ ...round, control, now: 0 as Micros }).at(-1)?.ts ?? 0 as Micros;
    rounds.push({ ...round, control, now });
  }
}

function decode({ control }: Round, decoder = new ControlDecoder(boot)): Draft[] {
  const drafts: Draft[] = [];
  if (control) decoder.decode(control, drafts);
  return drafts;
}

/** Seconds for everything, the store's last write included, and those that a processor worked. */
async function whole(
  { dir }: Context,
  { rounds, fold }: { rounds: readonly Round[]; fold: "none" | "auto" },
): Promise<{ seconds: number; cpu: number }> {
  const pipeline = new Pipeline({ boot, level: "redacted", fold });
  using store = newStore(dir);
  const [from, cpuFrom] = [performance.now(), cpuTime()];
  for (const round of rounds) store.append(await pipeline.push(round));
  store.append(await pipeline.end());
  return { seconds: (performance.now() - from) / 1000, cpu: cpuTime() - cpuFrom };
}

/** Seconds of each stage over all rounds, fed with what the stage before gave. */
async function alone({ dir }: Context, rounds: readonly Round[]): Promise<Map<string, number>> {
  const stages = new Map<string, number>();
  const measure = async <T>(stage: string, work: () => T | Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    stages.set(stage, (stages.get(stage) ?? 0) + (performance.now() - from) / 1000);
    return result;
  };
  const decoder = new ControlDecoder(boot);
  const redactor = new Redactor({ level: "redacted" });
  const sessions = new Sessions();
  const fold = new Fold();
  const pipeline = new Pipeline({ boot, level: "redacted", fold: "none" });
  using store = newStore(dir);
  for (const round of rounds) {
    const drafts = await measure("decode", () => decode(round, decoder));
    await measure("fold", () => fold.push(drafts));
    const clean = await measure("redact", () => redactor.redact(drafts));
    await measure("sessions", () => clean.forEach((draft) => sessions.of(draft)));
    const events: Event[] = await measure("pipeline without store", () => pipeline.push(round));
    await measure("store", () => store.append(events));
    await measure(
      "JSON (part of store and of --json)",
      () => events.forEach((event) => JSON.stringify(event)),
    );
  }
  return stages;
}

function newStore(dir: string): Store {
  const path = `${Deno.makeTempDirSync({ dir })}/events.sqlite`;
  return Store.create({ path, meta: {} });
}
