/**
 * The main job on real input, all by itself: a scripted LLM server, `agentsight trace` that is told nothing about
 * the agent, and the sample agent at work. Ends with 0 when each of them did its part.
 */
import { join } from "node:path";

const samples = import.meta.dirname!;
/** How AgentSight is started here: from source. */
const agentsight = [Deno.execPath(), "run", "-A", join(samples, "..", "main.ts")];
/** What `trace` says on stderr once it would see an agent start. */
const ready = "watching";
/** With the grace below, one minute. */
const limitMs = 55_000;
/** For a child to end by itself after a signal. */
const graceMs = 5_000;

const children: Deno.ChildProcess[] = [];
const dir = Deno.makeTempDirSync({ prefix: "agentsight-demo-" });
const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
const limit = setTimeout(() => stop(new Error(`not done after ${limitMs / 1000} s`)), limitMs);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop(new Error(`interrupted by ${signal}`)));
}

let failure: string | null = null;
try {
  await Promise.race([demo(), stopped]);
} catch (error) {
  failure = error instanceof Error ? error.message : String(error);
}
clearTimeout(limit);
await Promise.all(children.map(end));
Deno.removeSync(dir, { recursive: true });
if (failure !== null) say(Deno.stderr, `demo: Cannot finish: ${failure}\n`);
Deno.exit(failure === null ? 0 : 1);

async function demo(): Promise<void> {
  const server = start(Deno.execPath(), ["run", "-A", join(samples, "llm_server.ts"), "--dir", dir], {
    stdout: "piped",
  });
  const announced = await lines(server.stdout).next();
  if (announced.done) throw new Error("the LLM server did not start");
  const { url, ca }: { url: string; ca: string } = JSON.parse(announced.value);

  const [command, ...args] = agentsight;
  // Its output is shown as it comes; stderr passes through here to learn when it is ready.
  const trace = start(command!, [...args, "trace"], { stderr: "piped" });
  const watching = Promise.withResolvers<void>();
  const passedOn = (async () => {
    for await (const line of lines(trace.stderr)) {
      say(Deno.stderr, `${line}\n`);
      if (line.includes(ready)) watching.resolve();
    }
  })();
  await Promise.race([
    watching.promise,
    trace.status.then(refuse("agentsight trace ended before it was ready")),
  ]);

  const workspace = join(dir, "workspace");
  Deno.mkdirSync(workspace);
  const agent = start("node", [join(samples, "agent.mjs"), "--workspace", workspace], {
    stdout: "piped",
    env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-ant-sample", NODE_EXTRA_CA_CERTS: ca },
  });
  for await (const line of lines(agent.stdout)) say(Deno.stdout, `agent │ ${line}\n`);
  const { code } = await agent.status;
  if (code !== 0) throw new Error(`the sample agent ended with code ${code}`);

  trace.kill("SIGINT");
  const traced = await trace.status;
  await passedOn;
  if (traced.code !== 0) throw new Error(`agentsight trace ended with code ${traced.code}`);
}

interface Streams {
  readonly stdout?: "piped";
  readonly stderr?: "piped";
  readonly env?: Record<string, string>;
}

function start(command: string, args: string[], streams: Streams): Deno.ChildProcess {
  const child = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    ...streams,
  }).spawn();
  children.push(child);
  return child;
}

/** SIGINT, and SIGKILL for one that does not obey. A child that ended already is left as it is. */
async function end(child: Deno.ChildProcess): Promise<void> {
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It ended already.
    }
  };
  kill("SIGINT");
  const late = setTimeout(() => kill("SIGKILL"), graceMs);
  await child.status;
  clearTimeout(late);
}

function refuse(reason: string): (status: Deno.CommandStatus) => never {
  return ({ code }) => {
    throw new Error(`${reason}, with code ${code}`);
  };
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== "") yield rest;
}

function say(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(text));
}
