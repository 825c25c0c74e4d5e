/** How long a program that starts below a traced one waits until its TLS is hooked. */
import { installed } from "../tests/support/agent_installs.ts";
import { type Bench, type Context, type Row, Series } from "./bench.ts";
import { type LineProcess, startLineProcess } from "./line_process.ts";
import { bun } from "./resolve.ts";
import { agentsight, startTrace } from "./trace_process.ts";

export const attach: Bench = {
  name: "attach",
  title: "Attach",
  method:
    "Copies of a program are run with `--version` by a traced process, and by one that is not. A traced one is " +
    "stopped at its exec until its file is judged and hooked: from its `process.exec` to its first `file.open`, " +
    "for a copy that nobody has seen, for a new copy whose verdict is kept (by contents), and for a file that was " +
    "run before. The start to the end of the same program is compared in pairs. The libraries are known already.",
  async run(context) {
    // Verdicts about small files are not kept.
    const curl = { name: "curl", path: "/usr/bin/curl", sights: [unseen, known] };
    if (context.quick) return await measure(curl, context);
    const large = { name: `Bun ${bun.version}`, path: await installed(bun), sights: [unseen, kept, known] };
    return [...await measure(curl, context), ...await measure(large, context)];
  },
};

/** What is known of a program's file when it starts. */
type Sight = "never seen" | "verdict kept" | "known file";
const [unseen, kept, known] = ["never seen", "verdict kept", "known file"] as const;

interface Program {
  readonly name: string;
  readonly path: string;
  readonly sights: readonly Sight[];
}

async function measure({ name, path, sights }: Program, { quick, dir }: Context): Promise<Row[]> {
  const work = Deno.makeTempDirSync({ dir });
  const cache = Deno.makeTempDirSync({ dir: work });
  await using watched = await startLineProcess([`${dir}/starter`]);
  await using other = await startLineProcess([`${dir}/starter`]);
  await using trace = await startTrace(
    ["--json", "--no-store", "--no-server", "--fold", "none", "--pid", String(watched.pid)],
    ["env", `AGENTSIGHT_CACHE=${cache}`, ...agentsight],
  );
  using runs = new TracedRuns(watched, trace.stdout);
  const untraced = new Series(`${name}: untraced, start to end`, "ms");
  const series = sights.map((sight) => ({
    sight,
    held: new Series(`${name}: ${sight}, held`, "ms"),
    added: new Series(`${name}: ${sight}, start to end added`, "ms"),
  }));
  await runs.run(path);
  let copy = "";
  for (let i = 0; i < (quick ? 1 : 10); i++) {
    for (const entry of Deno.readDirSync(cache)) Deno.removeSync(`${cache}/${entry.name}`);
    for (const { sight, held, added } of series) {
      if (sight !== known) copy = freshCopy(path, { work, last: copy });
      const base = Number(await other.ask(copy));
      const run = await runs.run(copy);
      untraced.add(base);
      held.add(run.held_ms);
      added.add(run.total_ms - base);
    }
  }
  return [...series.map(({ held }) => held), untraced, ...series.map(({ added }) => added)].map(({ row }) =>
    row
  );
}

/** Another inode with the same contents; `last` is emptied and not removed: its number would be given to another file. */
function freshCopy(path: string, { work, last }: { readonly work: string; readonly last: string }): string {
  const copy = Deno.makeTempFileSync({ dir: work });
  Deno.copyFileSync(path, copy);
  Deno.chmodSync(copy, 0o755);
  if (last) Deno.truncateSync(last);
  return copy;
}

/** Runs programs below a traced process and reads what the trace says about them. */
class TracedRuns implements Disposable {
  readonly #starter: LineProcess;
  readonly #lines: AsyncGenerator<string>;

  constructor(starter: LineProcess, stdout: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#starter = starter;
    this.#lines = linesOf(stdout);
  }

  async run(path: string): Promise<{ readonly held_ms: number; readonly total_ms: number }> {
    const [total_ms, held_ms] = await Promise.all([this.#starter.ask(path).then(Number), this.#held(path)]);
    return { held_ms, total_ms };
  }

  async #held(path: string): Promise<number> {
    let execed: { readonly pid: number; readonly ts: number } | null = null;
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error("Cannot measure: the trace ended");
      if (!value.includes('"process.exec"') && !value.includes('"file.open"')) continue;
      const event = JSON.parse(value);
      if (event.kind === "process.exec" && event.exe === path) execed = event;
      else if (event.kind === "file.open" && event.pid === execed?.pid) return (event.ts - execed!.ts) / 1000;
    }
  }

  /** The trace goes on writing until it is told to stop. */
  [Symbol.dispose](): void {
    void (async () => {
      while (!(await this.#lines.next()).done);
    })();
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
