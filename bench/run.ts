/**
 * `deno task bench [--quick] [--out DIR] [NAME…]`: measures, keeps every sample in results/<name>.json and writes the
 * tables from them.
 */
import { join } from "node:path";
import { type Bench, type Context, median } from "./bench.ts";
import { answers } from "./answers.ts";
import { attach } from "./attach.ts";
import { buildPrograms } from "./build.ts";
import { longRun } from "./long_run.ts";
import { machine, versions } from "./machine.ts";
import { fullReport, type Result, summary, withSummary } from "./report.ts";
import { idle } from "./idle.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { overhead } from "./overhead.ts";
import { pipeline } from "./pipeline.ts";
import { resolve } from "./resolve.ts";
import { ringDrain } from "./ring_drain.ts";
import { startup } from "./startup.ts";
import { sustained } from "./sustained.ts";
import { tlsCall } from "./tls_call.ts";

const benches: readonly Bench[] = [
  ringDrain,
  pipeline,
  answers,
  longRun,
  sustained,
  startup,
  memory,
  tlsCall,
  latency,
  overhead,
  idle,
  resolve,
  attach,
];
const here = import.meta.dirname!;

if (import.meta.main) await main(Deno.args);

async function main(args: readonly string[]): Promise<void> {
  const quick = args.includes("--quick");
  const given = args.indexOf("--out");
  const out = given < 0 ? here : args[given + 1]!;
  const names = args.filter((arg, i) => !arg.startsWith("--") && (given < 0 || i !== given + 1));
  const chosen = benches.filter((bench) => names.length === 0 || names.includes(bench.name));
  if (chosen.length === 0) throw new Error(`Cannot measure ${names.join(", ")}: no such benchmark`);
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-bench-" });
  try {
    await buildPrograms(dir);
    Deno.mkdirSync(join(out, "results"), { recursive: true });
    for (const bench of chosen) {
      const result = await measure(bench, { quick, dir });
      Deno.writeTextFileSync(join(out, "results", `${bench.name}.json`), JSON.stringify(result, null, 2));
    }
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
  const results = readResults(join(out, "results"));
  Deno.writeTextFileSync(join(out, "results.md"), fullReport(results));
  await format([join(out, "results"), join(out, "results.md")]);
  const readme = join(here, "..", "README.md");
  if (out === here && !quick && updateReadme(readme, summary(results))) await format([readme]);
}

async function measure({ run, ...bench }: Bench, context: Context): Promise<Result> {
  say(bench.title);
  const load_before = load();
  const rows = await run(context);
  for (const row of rows) say(`  ${row.what}: ${median(row.samples)} ${row.unit}`);
  return {
    ...bench,
    date: new Date().toISOString().slice(0, 16) + "Z",
    quick: context.quick,
    machine: machine(),
    versions: versions(),
    load_before,
    load_after: load(),
    rows,
  };
}

/** In the order of the benchmarks; those never measured are left out. */
function readResults(dir: string): Result[] {
  return benches.flatMap(({ name }) => {
    try {
      return [JSON.parse(Deno.readTextFileSync(join(dir, `${name}.json`))) as Result];
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  });
}

/** False when there is no README, or no marked block in it. */
function updateReadme(path: string, text: string): boolean {
  try {
    const changed = withSummary(Deno.readTextFileSync(path), text);
    if (changed !== null) Deno.writeTextFileSync(path, changed);
    return changed !== null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What is committed is formatted like everything else. */
async function format(paths: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", ...paths] }).output();
  if (!success) throw new Error(`Cannot format ${paths.join(", ")}: deno fmt failed`);
}

function load(): number {
  return Number(Deno.loadavg()[0]!.toFixed(2));
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}
