/** Programs that lie about what they are: nothing is invented, nobody waits for long, and everything else is still seen. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentSight, agentsight, ofKind } from "./support/agentsight.ts";
import { lastAnswerSeen, seenCalls, wholeCalls } from "./support/asked_calls.ts";
import { AskerWorld, build } from "./support/asker_world.ts";
import { AskingProcess } from "./support/asking_process.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { peakMemoryMb } from "./support/peak_memory.ts";
import { plainText } from "./support/plain_text.ts";
import { writeSparseProgram } from "./support/sparse_program.ts";

const trace = ["trace", "--json", "--no-server", "--no-store"];
const programs = join(import.meta.dirname!, "support/programs");
/** A tenth of the files that are looked through; what a worker more needs is 100. */
const MOST_MB = 300;
/** Objects after which nobody believes any more that these are connections. */
const ENOUGH = 32;
/** What a held program waits at most, and the time to notice. */
const HOLD_US = 6_000_000;

bpfTest("functions with the names of OpenSSL's and another meaning give nothing", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-pretender-" });
  const pretender = join(dir, "pretender");
  await build(["gcc", "-O2", "-rdynamic", "-o", pretender, join(programs, "pretender.c")]);
  const { code, events } = await agentsight([...trace, "--", pretender]);
  assert.equal(code, 0);
  for (const kind of ["llm.call", "http.exchange", "tool.call"] as const) {
    assert.deepEqual(ofKind(events, kind), []);
  }
  const covered = ofKind(events, "coverage").filter(({ library }) => library === pretender);
  assert.deepEqual(covered.map(({ status }) => status), ["attached"]);
  assert.deepEqual(
    ofKind(events, "loss").filter((loss) => loss.class !== "payload" && loss.class !== "tls"),
    [],
  );
  Deno.removeSync(dir, { recursive: true });
});

for (const makesObjects of [true, false]) {
  const which = makesObjects ? "SSL_new, SSL_write and SSL_read" : "SSL_write and SSL_read";
  bpfTest(`functions that only report the errors of ${which} are hooked, rejected and let go`, async () => {
    const dir = Deno.makeTempDirSync({ prefix: "agentsight-forger-" });
    const forger = join(dir, "forger");
    const flags = ["-O2", "-static", "-s", ...(makesObjects ? ["-DMAKES_OBJECTS"] : [])];
    await build(["gcc", ...flags, "-o", forger, join(programs, "forger.c")]);
    await checkRejected(forger, join(dir, "rounds"));
    Deno.removeSync(dir, { recursive: true });
  });
}

async function checkRejected(forger: string, rounds: string): Promise<void> {
  await using watch = await new AgentSight([...trace, "--comm", "forger", "--rounds", rounds]).watching();
  await using first = await AskingProcess.start([forger]);
  assert.equal(await first.ask("3"), "hooked");
  assert.equal(await first.ask(String(ENOUGH)), "hooked");
  const { stack, method } = await watch.event("coverage", ({ status }) => status === "rejected");
  assert.deepEqual([stack, method], ["BoringSSL", "string references"]);
  while (await first.ask("0") === "hooked");
  assert.equal(await first.ask("50"), "clean");
  await first.end();
  await using second = await AskingProcess.start([forger]);
  assert.equal(await second.ask("1"), "clean");
  await second.end();

  const { code, events } = await watch.stop();
  assert.equal(code, 0);
  const covered = ofKind(events, "coverage").filter(({ library }) => library === forger);
  assert.deepEqual(covered.map(({ status }) => status), ["attached", "rejected"]);
  assert.deepEqual(ofKind(events, "llm.call"), []);
  assert.ok(plainText(rounds).connections.length <= 3 + ENOUGH);
}

bpfTest("programs of gigabytes of nothing keep nobody, and do not fill our memory", async (t) => {
  await using world = new AskerWorld();
  const name = `huge-${Deno.pid}`;
  // What is in no other file: verdicts are kept from run to run.
  const strings = ["../vendor/boringssl/ssl/ssl_lib.cc", "SSL_write", "SSL_read", crypto.randomUUID()];
  await using watch = await new AgentSight([...trace, "--comm", name, "--comm", "asker"]).watching();
  const before = peakMemoryMb(watch.pid);

  const write = (directory: string, codeBytes: number) => {
    Deno.mkdirSync(world.path(directory));
    const program = join(world.path(directory), name);
    writeSparseProgram(program, { codeBytes, strings });
    return program;
  };
  const checkHold = async (program: string) => {
    const began = await watch.event("process.exec", ({ exe }) => exe === program);
    const ended = await watch.event("process.exit", ({ pid }) => pid === began.pid);
    assert.ok(ended.ts - began.ts < HOLD_US, `it took ${(ended.ts - began.ts) / 1e6} s`);
  };

  await t.step("too much to look through", async () => {
    const program = write("much", 1500 * (1 << 20));
    await run(program);
    const covered = await watch.event("coverage", ({ library }) => library === program);
    assert.equal(covered.status, "unsupported");
  });
  await t.step("not quite, and another program meanwhile", async () => {
    const program = write("almost", 500 << 20);
    const ran = run(program);
    await watch.event("process.exec", ({ exe }) => exe === program);
    await using asker = await world.start(await world.staticOpenSsl("asker"));
    await asker.ask("a prompt");
    await asker.end();
    await lastAnswerSeen(watch, asker);
    assert.deepEqual(seenCalls(watch, asker), wholeCalls(asker.asked));
    await ran;
    await checkHold(program);
  });
  await t.step("more of them at once than are looked through while they wait", async () => {
    const programs = [490, 480, 470, 460].map((size) => write(`${size}`, size << 20));
    await Promise.all(programs.map(run));
    for (const program of programs) await checkHold(program);
    await watch.event(
      "coverage",
      (c) => c.status === "timeout" && programs.some((program) => program === c.library),
    );
  });
  const grown = peakMemoryMb(watch.pid) - before;
  assert.ok(grown < MOST_MB, `${grown} MB more`);
  assert.equal((await watch.stop()).code, 0);
});

async function run(program: string): Promise<void> {
  const { success } = await new Deno.Command(program).output();
  assert.ok(success);
}
