/** TLS that comes late, under a file's second name, or under none: held until it is hooked, and captured byte for byte. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { CoverageChanged } from "../src/event.ts";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { lastAnswerSeen, seenCalls, wholeCalls } from "./support/asked_calls.ts";
import { AskerWorld, build, python } from "./support/asker_world.ts";
import { AskingProcess } from "./support/asking_process.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { assertCaptured } from "./support/ground_truth.ts";

const trace = ["trace", "--json", "--no-server", "--no-store"];
const programs = join(import.meta.dirname!, "support/programs");

bpfTest("libraries that are loaded late, and replaced while they are in use", async (t) => {
  await using world = new AskerWorld();
  const openssl = world.opensslLibraries("lib");
  const addOn = await world.addOn("addon.node");
  await using pythons = await world.snake(undefined, { LD_LIBRARY_PATH: openssl });
  await using first = await world.snake(addOn);
  await using second = await world.snake(addOn);
  await using watch = await watching(
    world,
    [pythons, first, second].flatMap((p) => ["--pid", String(p.pid)]),
  );

  await t.step("Python's ssl", async () => {
    await askAll([pythons]);
    await checkSeen(watch, pythons, { library: join(openssl, "libssl.so.3"), method: "symbols" });
  });
  await t.step("an add-on with OpenSSL inside, and the one that takes its place", async () => {
    await askAll([first]);
    Deno.removeSync(addOn);
    await world.addOn("addon.node", { shifted: true });
    await askAll([first, second]);
    for (const each of [first, second]) {
      await checkSeen(watch, each, { library: addOn, method: "string references" });
    }
  });
  await checkAll(watch, world);
});

bpfTest("programs that are replaced, unlinked, or only in memory", async (t) => {
  await using world = new AskerWorld();
  const name = `asker-${Deno.pid}`;
  const program = world.path(name);
  await using watch = await watching(world, ["--comm", name, "--exe", Deno.realPathSync(python)]);

  await t.step("another version in its place, while it runs and when it ended", async () => {
    await using first = await world.start(await world.staticOpenSsl(name));
    await askAll([first]);
    Deno.removeSync(program);
    await using second = await world.start(await world.staticOpenSsl(name, { shifted: true }));
    await askAll([first, second]);
    await Promise.all([first.end(), second.end()]);
    for (const each of [first, second]) await checkSeen(watch, each, { library: program });
  });
  await t.step("written over, in the same file", async () => {
    const other = await world.staticOpenSsl("other");
    Deno.copyFileSync(other[0], program);
    await using third = await world.start([program]);
    await askAll([third]);
    await third.end();
    await checkSeen(watch, third, { library: program });
  });
  await t.step("in the place of a file without TLS that is gone", async () => {
    const [other] = await world.staticOpenSsl("next");
    const place = world.path("reused");
    Deno.mkdirSync(place);
    const path = join(place, name);
    // ext4 gives the number of the file that was deleted last to the next one.
    Deno.copyFileSync("/bin/true", path);
    assert.ok((await new Deno.Command(path).output()).success);
    Deno.removeSync(path);
    Deno.copyFileSync(other, path);
    await using fourth = await world.start([path]);
    await askAll([fourth]);
    await fourth.end();
    await checkSeen(watch, fourth, { library: path });
  });
  for (const kind of ["file", "memory"]) {
    await t.step(`without a name: ${kind}`, async () => {
      const [path] = await world.staticOpenSsl(`unlinked-${kind}`);
      await using asker = await world.start([python, join(programs, "run_unlinked.py"), kind, path]);
      await askAll([asker]);
      await asker.end();
      await checkSeen(watch, asker, { library: kind === "file" ? path : "/memfd:program" });
    });
  }
  await checkAll(watch, world);
});

bpfTest("a hooked program that is written over runs as it was written", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-overwritten-" });
  const [hooked, sled] = [join(dir, "hooked"), join(dir, "sled")];
  await build(["gcc", "-O2", "-static", "-s", "-o", hooked, join(programs, "forger.c")]);
  await build(["gcc", "-nostdlib", "-static", "-s", "-o", sled, join(programs, "sled.c")]);
  await using watch = await new AgentSight([...trace, "--comm", "hooked"]).watching();
  await using first = await AskingProcess.start([hooked]);
  assert.equal(await first.ask("1"), "hooked");
  await first.end();
  // Into the same file. A breakpoint that stays would execute an instruction of the program that was there.
  Deno.copyFileSync(sled, hooked);
  const runs: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    const { code, signal } = await new Deno.Command(hooked).output();
    runs.push({ code, signal });
  }
  // The first may begin before the write is told of; whoever begins within a millisecond of it may still fail.
  assert.deepEqual(
    new Set(runs.slice(5).map((run) => JSON.stringify(run))),
    new Set(['{"code":0,"signal":null}']),
  );
  assert.equal((await watch.stop()).code, 0);
  Deno.removeSync(dir, { recursive: true });
});

async function watching(world: AskerWorld, select: readonly string[]): Promise<AgentSight> {
  return await new AgentSight([...trace, "--rounds", world.path("rounds"), ...select]).watching();
}

/** Three times, in turn. */
async function askAll(askers: readonly AskingProcess[]): Promise<void> {
  for (let i = 0; i < 3; i++) {
    for (const asker of askers) await asker.ask(`prompt ${asker.pid} ${asker.asked.length}`);
  }
}

/** All that it asked, from the first on. */
async function checkSeen(
  watch: AgentSight,
  asker: AskingProcess,
  expected: Partial<Pick<CoverageChanged, "library" | "method">>,
): Promise<void> {
  await lastAnswerSeen(watch, asker);
  assert.deepEqual(seenCalls(watch, asker), wholeCalls(asker.asked));
  const covered = ofKind(watch.events, "coverage").filter(({ pid }) => pid === asker.pid);
  assert.deepEqual(covered.map(({ status }) => status), ["attached", "verified"]);
  for (const each of covered) assert.deepEqual({ ...each, ...expected }, each);
}

async function checkAll(watch: AgentSight, world: AskerWorld): Promise<void> {
  const { code, events } = await watch.stop();
  assert.equal(code, 0);
  assert.deepEqual(ofKind(events, "loss"), []);
  assertCaptured(world.tee, world.path("rounds"), { events });
}
