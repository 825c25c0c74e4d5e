/** `agentsight trace` as a process of its own, watching one shell and whatever is started from it. */
import { join } from "node:path";
import type { TlsTee } from "./tls_tee.ts";

const root = join(import.meta.dirname!, "..", "..");
const agentsight = ["run", "-A", join(root, "main.ts")];
/** AgentSight's exit code when this machine does not allow capture. */
const CANNOT_CAPTURE = 3;

interface AgentRun {
  readonly dir: string;
  readonly tee: TlsTee;
  readonly args: readonly string[];
}

export class TracedShell implements AsyncDisposable {
  /** Why nothing can be captured here, or null. */
  readonly unable: string | null;
  /** Of the dashboard, with its token. */
  readonly url: string;
  readonly #recording: string;
  readonly #children: Deno.ChildProcess[];
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(started: {
    recording: string;
    children: Deno.ChildProcess[];
    input: WritableStreamDefaultWriter<Uint8Array>;
    url: string | null;
    unable: string | null;
  }) {
    this.#recording = started.recording;
    this.#children = started.children;
    this.#input = started.input;
    this.url = started.url ?? "";
    this.unable = started.unable;
  }

  /** @throws {Error} when the trace ends at once for a reason of its own. */
  static async start(recording: string): Promise<TracedShell> {
    const shell = new Deno.Command("sh", { stdin: "piped", stdout: "null", stderr: "null" }).spawn();
    const args = ["trace", "--port", "0", "--pid", String(shell.pid), "--db", recording];
    const trace = spawnAgentSight(args);
    const { url, said } = await announcedUrl(trace);
    let unable: string | null = null;
    if (url === null) {
      const { code } = await trace.status;
      if (code !== CANNOT_CAPTURE) throw new Error(`agentsight trace ended with code ${code}: ${said}`);
      unable = said;
    }
    const children = [trace, shell];
    return new TracedShell({ recording, children, input: shell.stdin.getWriter(), url, unable });
  }

  /** Starts the sample agent; its turns are told by the dashboard. */
  runAgent({ dir, tee, args }: AgentRun): void {
    const workspace = Deno.makeTempDirSync({ dir });
    const words = ["node", join(root, "samples", "agent.mjs"), "--workspace", workspace, ...args];
    const environment = {
      ANTHROPIC_BASE_URL: tee.url,
      ANTHROPIC_API_KEY: "sk-ant-sample",
      NODE_EXTRA_CA_CERTS: tee.caFile,
    };
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`);
    const line = [...assignments, ...words.map(quoted)].join(" ");
    void this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Ends the trace as Ctrl-C does; its exit code. */
  async stop(): Promise<number> {
    const [trace] = this.#children;
    trace?.kill("SIGINT");
    return (await trace?.status)?.code ?? NaN;
  }

  /** Serves the recording; the dashboard's address. */
  async view(): Promise<string> {
    const view = spawnAgentSight(["view", this.#recording, "--port", "0"]);
    this.#children.push(view);
    const { url, said } = await announcedUrl(view);
    if (url === null) throw new Error(`agentsight view ended: ${said}`);
    return url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    for (const child of this.#children) {
      try {
        child.kill("SIGINT");
      } catch {
        // It ended already.
      }
    }
    await Promise.all(this.#children.map((child) => child.status));
  }
}

function spawnAgentSight(args: readonly string[]): Deno.ChildProcess {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...agentsight, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  return command.spawn();
}

/** The address printed on stderr, which is read on to its end; null when the program ended without one. */
async function announcedUrl(child: Deno.ChildProcess): Promise<{ url: string | null; said: string }> {
  const [first, rest] = child.stderr.tee();
  void rest.pipeTo(new WritableStream());
  let said = "";
  for await (const text of first.pipeThrough(new TextDecoderStream())) {
    said += text;
    const url = /web page: (\S+)\n/.exec(said)?.[1];
    if (url !== undefined) return { url, said };
  }
  return { url: null, said: said.trim() };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
