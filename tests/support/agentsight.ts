/** AgentSight as users run it: a process with arguments, NDJSON on stdout, words on stderr. */
import { dirname, join } from "node:path";
import type { Event, Kind } from "../../src/event.ts";

const main = join(import.meta.dirname!, "../../main.ts");
/**
 * Longer than anything here takes: reached only when a condition never comes true. A machine that is emulated is some
 * ten times slower (tests/kernels).
 */
const PATIENCE_MS = 30_000 * Number(Deno.env.get("TEST_PATIENCE") ?? 1);

export interface Start {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A shell script that prepares a mount namespace of its own. */
  readonly mounts?: string;
  /** Not root but this user, by id. */
  readonly uid?: number;
  /** For what takes long. */
  readonly patience_ms?: number;
}

export interface Outcome {
  readonly code: number;
  /** Of `trace --json`; empty otherwise. */
  readonly events: readonly Event[];
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line that starts it. */
function commandLine(args: readonly string[]): string[] {
  return [Deno.execPath(), "run", "-A", main, ...args];
}

/** Runs to its end. */
export async function agentsight(args: readonly string[], start: Start = {}): Promise<Outcome> {
  await using running = new AgentSight(args, start);
  return await running.ended();
}

/** One that runs while the test does something. Disposing ends it. */
export class AgentSight implements AsyncDisposable {
  readonly events: Event[] = [];
  stdout = "";
  stderr = "";
  readonly patience_ms: number;
  readonly #child: Deno.ChildProcess;
  readonly #done: Promise<Outcome>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  constructor(
    args: readonly string[],
    { env = {}, cwd, mounts, uid, patience_ms = PATIENCE_MS }: Start = {},
  ) {
    this.patience_ms = patience_ms;
    const [program = "", ...rest] = uid !== undefined
      ? asUser(uid, args)
      : mounts === undefined
      ? commandLine(args)
      : ["unshare", "--mount", "sh", "-c", `set -e; ${mounts}; exec "$@"`, "sh", ...commandLine(args)];
    this.#child = new Deno.Command(program, {
      args: rest,
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const json = args[0] === "trace" && args.includes("--json");
    const out = this.#read(this.#child.stdout, (text) => this.stdout += text, (line) => {
      if (json && line.startsWith("{")) this.events.push(JSON.parse(line));
    });
    const said = this.#read(this.#child.stderr, (text) => this.stderr += text, () => {});
    this.#done = Promise.all([out, said, this.#child.status]).then(([, , { code }]) => {
      this.#over = true;
      this.#changed();
      const { events, stdout, stderr } = this;
      return { code, events, stdout, stderr };
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Attached: what starts from here on is seen. */
  async watching(): Promise<this> {
    await this.until("it watches", () => this.stderr.includes("agentsight: watching"));
    return this;
  }

  /** Resolves once `holds`, which is asked whenever something was read. */
  async until(what: string, holds: () => boolean): Promise<void> {
    await bounded(what, this, async () => {
      while (!holds()) {
        if (this.#over) throw new Error(`It ended before ${what}:\n${this.stderr}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#waiting.add(resolve);
        await promise;
      }
    });
  }

  /** Resolves with the first event that `holds`, seen already or to come. */
  async event<K extends Kind>(kind: K, holds: (event: EventOf<K>) => boolean): Promise<EventOf<K>> {
    const find = () => ofKind(this.events, kind).find(holds);
    await this.until(`an event ${kind} comes: ${holds}`, () => find() !== undefined);
    return find()!;
  }

  signal(signal: Deno.Signal): void {
    if (!this.#over) this.#child.kill(signal);
  }

  /** Ctrl-C, then its outcome. */
  async stop(signal: Deno.Signal = "SIGINT"): Promise<Outcome> {
    this.signal(signal);
    return await this.ended();
  }

  async ended(): Promise<Outcome> {
    return await bounded("it ends", this, () => this.#done);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.#done;
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    onText: (text: string) => void,
    onLine: (line: string) => void,
  ): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      onText(text);
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      lines.forEach(onLine);
      this.#changed();
    }
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Program, caches and runtime may be where only root can read: they are mounted where everybody can. */
function asUser(uid: number, args: readonly string[]): string[] {
  const script = `set -e
    mount -t tmpfs -o mode=755 tmpfs /mnt
    mkdir /mnt/project /mnt/cache; touch /mnt/deno
    mount --bind "$1" /mnt/deno; mount --bind "$2" /mnt/project; mount --bind "$3" /mnt/cache
    shift 3; cd /
    exec setpriv --reuid=${uid} --regid=${uid} --clear-groups \\
      env HOME=/ DENO_DIR=/mnt/cache /mnt/deno run -A --cached-only /mnt/project/main.ts "$@"`;
  return [
    "unshare",
    "--mount",
    "sh",
    "-c",
    script,
    "sh",
    Deno.execPath(),
    dirname(main),
    cacheDirectory(),
    ...args,
  ];
}

function cacheDirectory(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

export type EventOf<K extends Kind, E extends Event = Event> = E extends Event
  ? K extends E["kind"] ? E : never
  : never;

export function ofKind<K extends Kind>(events: readonly Event[], kind: K): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> & Event => event.kind === kind) as EventOf<K>[];
}

async function bounded<T>(what: string, running: AgentSight, wait: () => Promise<T>): Promise<T> {
  const { patience_ms } = running;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`Waited ${patience_ms / 1000} s in vain until ${what}:\n${running.stderr}`));
  }, patience_ms);
  try {
    return await Promise.race([wait(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
