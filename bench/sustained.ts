/** Nothing lost at a steady rate, with default rings, into SQLite. */
import { DatabaseSync } from "node:sqlite";
import { type Bench, type Context, Series } from "./bench.ts";
import { EVENTS_PER_CYCLE } from "./storm.ts";
import { agentsight } from "./trace_process.ts";

const CYCLES_PER_MS = 4;
const RATE = CYCLES_PER_MS * 1000 * EVENTS_PER_CYCLE;
const FILES = 2000;

export const sustained: Bench = {
  name: "sustained",
  title: "20,000 events/s",
  method:
    `\`agentsight record -- storm\` with default rings: the program opens, writes, closes and unlinks files at ` +
    `${RATE} events/s for 10 s and says how many it made; the recording is then counted.`,
  async run(context) {
    const rows = [];
    for (const fold of ["none", "auto"]) {
      const rate = new Series(`--fold ${fold}: made`, "events/s");
      const made = new Series(`--fold ${fold}: made`, "events");
      const missing = new Series(`--fold ${fold}: made and not recorded`, "events", { most: 0 });
      const lost = new Series(`--fold ${fold}: reported as lost`, "events", { most: 0 });
      const cpu = new Series(`--fold ${fold}: CPU of record`, "% of a core");
      for (let i = 0; i < (context.quick ? 1 : 3); i++) {
        const run = await once(context, fold);
        rate.add(run.events / run.seconds);
        made.add(run.events);
        missing.add(run.events - run.recorded);
        lost.add(run.lost);
        cpu.add(run.cpu);
      }
      rows.push(rate.row, made.row, missing.row, lost.row, cpu.row);
    }
    return rows;
  },
};

async function once({ dir, quick }: Context, fold: string) {
  const work = Deno.makeTempDirSync({ dir });
  const db = `${work}/recording.sqlite`;
  const cycles = (quick ? 200 : 10_000) * CYCLES_PER_MS;
  const storm = [`${dir}/storm`, work, String(FILES), String(cycles), String(CYCLES_PER_MS)];
  const [program = "", ...args] = agentsight;
  const child = new Deno.Command(program, {
    args: [...args, "record", "--no-server", "--fold", fold, "--db", db, "--", ...storm],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // The program waits for this line until it is let go itself.
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("\n"));
  const cpu = cpuUntilEnd(child.pid);
  const { stdout, stderr, success } = await child.output();
  if (!success) throw new Error(`Cannot measure: record failed: ${new TextDecoder().decode(stderr)}`);
  const said = /\{"events":(\d+),"seconds":([\d.]+)\}/.exec(new TextDecoder().decode(stdout));
  const [events, seconds] = [Number(said?.[1]), Number(said?.[2])];
  return { events, seconds, ...count(db, work), cpu: 100 * await cpu / seconds };
}

/** Events below `work`, and what the recording says was lost. */
function count(path: string, work: string): { recorded: number; lost: number } {
  using db = new DatabaseSync(path, { readOnly: true });
  const recorded = db.prepare(
    `SELECT sum(coalesce(json_extract(json, '$.count'), 1)) AS n FROM events
     WHERE kind IN ('file.open', 'file.close', 'file.unlink') AND json_extract(json, '$.path') LIKE ?`,
  ).get(`${work}/module_%`);
  const lost = db.prepare("SELECT coalesce(sum(count), 0) AS n FROM loss").get();
  return { recorded: Number(recorded?.n), lost: Number(lost?.n) };
}

/** Seconds of processor time of a process, its start included, as last seen before it ended. */
async function cpuUntilEnd(pid: number): Promise<number> {
  let ticks = 0;
  for (;;) {
    try {
      const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z") return ticks / 100;
      ticks = Number(fields[11]) + Number(fields[12]);
    } catch {
      return ticks / 100;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
