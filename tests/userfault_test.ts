/** Memory that comes late or never: a traced process with such a page delays nobody, and no end of the trace. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentSight } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { plainText } from "./support/plain_text.ts";
import { TlsTee } from "./support/tls_tee.ts";
import { WaitingProcess } from "./support/waiting_process.ts";

const source = join(import.meta.dirname!, "support/tls_clients/userfault.c");
const TICKS_PER_SECOND = 100;
const WATCH_SECONDS = 2;
/** A drain that spins takes all of the time; half of it is generous on a busy machine. */
const MAX_TICKS = WATCH_SECONDS * TICKS_PER_SECOND / 2;
/** To end, with its 3 s to empty the rings. */
const MAX_END_MS = 15_000;

bpfTest("a page that never comes delays no other process and no end of the trace", async () => {
  await using world = await World.start("missing");
  const { trace, late, other } = world;
  assert.equal(await late.go(), "fault");

  await other.go();
  await trace.event("http.exchange", ({ pid }) => pid === other.pid);
  const before = ticksOf(trace.pid);
  await new Promise((resolve) => setTimeout(resolve, WATCH_SECONDS * 1000));
  const ticks = ticksOf(trace.pid) - before;
  assert.ok(ticks < MAX_TICKS, `${ticks} ticks in ${WATCH_SECONDS} s`);

  await world.end();
  assert.equal(await late.go(), "answered");
});

bpfTest("a page that comes late is captured", async () => {
  await using world = await World.start("missing");
  assert.equal(await world.late.go(), "fault");
  assert.equal(await world.late.go(), "answered");
  await world.trace.event("http.exchange", ({ pid }) => pid === world.late.pid);
  await world.end();
  world.assertCaptured();
});

bpfTest(
  "nobody waits in a probe for a page that the process serves by itself, and its bytes are counted",
  async () => {
    await using world = await World.start("dropped");
    // Who waits here cannot be detached, so not even SIGKILL would end the trace.
    assert.equal(await world.late.go(), "answered");
    const lost = await world.trace.event("loss", (loss) => loss.class === "payload");
    await world.end();
    assert.deepEqual([lost.count], world.tee.connections.map(({ received }) => received.length));
  },
);

bpfTest("a page that the kernel has to bring in is captured", async () => {
  await using world = await World.start("evicted");
  assert.equal(await world.late.go(), "answered");
  await world.trace.event("http.exchange", ({ pid }) => pid === world.late.pid);
  await world.end();
  world.assertCaptured();
});

/** A process with such a page, one without, and a trace of both. */
class World implements AsyncDisposable {
  readonly tee = new TlsTee(() => new Response("well"));
  readonly dir = Deno.makeTempDirSync({ prefix: "agentsight-userfault-" });
  readonly rounds = join(this.dir, "rounds");
  readonly late: ToldProcess;
  readonly other: WaitingProcess;
  readonly trace: AgentSight;

  private constructor(how: string) {
    this.late = new ToldProcess([buildIn(this.dir), String(this.tee.port), how]);
    const curl = `curl --silent --fail --cacert ${this.tee.caFile} ${this.tee.url}/other`;
    this.other = new WaitingProcess(["sh", "-c", `read go; exec ${curl}`]);
    const pids = [this.late, this.other].flatMap(({ pid }) => ["--pid", String(pid)]);
    this.trace = new AgentSight([
      ...["trace", "--json", "--no-server", "--no-store", "--rounds", this.rounds],
      ...pids,
    ]);
  }

  static async start(how: string): Promise<World> {
    const world = new World(how);
    assert.equal(await world.late.says(), "ready");
    await world.trace.watching();
    return world;
  }

  /** Ctrl-C, at once. */
  async end(): Promise<void> {
    const start = performance.now();
    const { code, stderr } = await this.trace.stop();
    assert.equal(code, 0, stderr);
    assert.ok(performance.now() - start < MAX_END_MS);
  }

  /** All of the one connection, and nothing else. */
  assertCaptured(): void {
    const { connections, losses } = plainText(this.rounds);
    assert.deepEqual(losses, []);
    const captured = connections.map((c) => [c.bytes("send"), c.bytes("recv")]);
    assert.deepEqual(captured, this.tee.connections.map(({ received, sent }) => [received, sent]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // First the process: what it holds up in the kernel, it holds up until its end.
    for (const one of [this.late, this.other, this.trace, this.tee]) await one[Symbol.asyncDispose]();
    Deno.removeSync(this.dir, { recursive: true });
  }
}

/** A program that is told line by line what to do next, and says what it has done. */
class ToldProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #said = "";
  #over = false;

  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
    void this.#child.status.then(() => this.#over = true);
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Lets it go on; what it says next. */
  async go(): Promise<string> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return await this.says();
  }

  /** The next line. */
  async says(): Promise<string> {
    while (!this.#said.includes("\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error("It ended and said nothing more");
      this.#said += value;
    }
    const [line = "", ...rest] = this.#said.split("\n");
    this.#said = rest.join("\n");
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#child.kill("SIGKILL");
    await this.#output.cancel();
    await this.#input.abort().catch(() => {});
    await this.#child.status;
  }
}

function buildIn(dir: string): string {
  const program = join(dir, "userfault");
  const args = ["-O2", "-o", program, source, "-lssl", "-lcrypto", "-pthread"];
  const { success, stderr } = new Deno.Command("gcc", { args, stderr: "piped" }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return program;
}

/** CPU time of a process's threads, in user space and in the kernel. */
function ticksOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
