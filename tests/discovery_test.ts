/** Who is watched: agents found by what they send, whatever they are called; and what was selected by name, id or file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Event } from "../src/event.ts";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { AgentWorld, python, samples } from "./support/sample_agent.ts";
import { WaitingProcess } from "./support/waiting_process.ts";

bpfTest(
  "trace without arguments finds agents under any name, and leaves everything else alone",
  async (t) => {
    await using world = new AgentWorld();
    const program = copyOfNode(world, "thinker");
    Deno.copyFileSync(join(samples, "agent.mjs"), world.path("job.mjs"));
    Deno.copyFileSync(join(samples, "agent.py"), world.path("job.py"));
    const work = ["--workspace", world.workspace];

    // Both run before the trace: one with its library loaded, one without.
    await using early = await new WaitingProcess(
      [program, "--input-type=module", "--eval", waitThenImport, world.path("job.mjs"), ...work],
      { env: world.env() },
    ).ready();
    await using late = await new WaitingProcess([python, "-c", waitThenRun, world.path("job.py"), ...work], {
      env: { ...world.env(), LD_LIBRARY_PATH: copyOfOpenSsl(world) },
    }).ready();

    await using trace = new AgentSight(["trace", "--json", "--no-server", "--no-store"]);
    await trace.watching();
    const unrelated = await browse(world);

    await t.step("one that started before the trace", async () => {
      await early.go();
      await checkFound(trace, early.pid);
      assert.equal(
        ofKind(trace.events, "process.running").find(({ pid }) => pid === early.pid)?.exe,
        program,
      );
    });
    await t.step("one whose library is loaded after the trace began", async () => {
      await late.go();
      await checkFound(trace, late.pid);
      const [covered] = ofKind(trace.events, "coverage").filter(({ pid }) => pid === late.pid);
      assert.equal(covered?.library, world.path("lib/libssl.so.3"));
      assert.equal(covered?.status, "attached");
    });
    await t.step("one that starts after the trace began", async () => {
      await using fresh = new WaitingProcess([program, world.path("job.mjs"), ...work], { env: world.env() });
      await fresh.go();
      await checkFound(trace, fresh.pid);
    });

    await t.step("one whose program ended at once the first time, before anybody could read it", async () => {
      const brief = copyOfNode(world, "brief");
      Deno.mkdirSync(world.path("bad"));
      Deno.writeTextFileSync(world.path("bad/libdl.so.2"), "");
      const env = { LD_LIBRARY_PATH: world.path("bad") };
      const { code } = await new Deno.Command(brief, { env, stderr: "null" }).output();
      assert.equal(code, 127, "the loader refuses the empty library");
      await using agent = new WaitingProcess([brief, world.path("job.mjs"), ...work], { env: world.env() });
      await agent.go();
      await checkFound(trace, agent.pid);
    });
    await t.step("one started by a program that becomes it, hooked once", async () => {
      const through = world.path("through");
      Deno.copyFileSync("/usr/bin/env", through);
      await using agent = new WaitingProcess(
        [through, copyOfNode(world, "become"), world.path("job.mjs"), ...work],
        { env: world.env() },
      );
      await agent.go();
      await checkFound(trace, agent.pid);
    });

    const { code, events } = await trace.stop();
    assert.equal(code, 0);
    assert.deepEqual(ofKind(events, "loss"), []);
    assert.deepEqual(events.filter(({ pid }) => unrelated.includes(pid)), []);
    assert.ok(!JSON.stringify(events).includes("unrelated"), "nothing of another program is in any event");
  },
);

const waitThenImport = `
  import "node:https";
  console.log("ready");
  process.stdin.once("data", () => { process.stdin.destroy(); import(process.argv[1]); });`;

const waitThenRun = `
import runpy, sys, time
print("ready", flush=True)
sys.stdin.readline()
assert "ssl" not in sys.modules
import ssl
# Nobody is stopped for a library that is new: what is said before it was looked into is missed.
time.sleep(1)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")`;

/** A file of its own under another name: nothing is known about it. */
function copyOfNode(world: AgentWorld, name: string): string {
  const path = world.path(name);
  Deno.copyFileSync("/usr/bin/node", path);
  return path;
}

/** Files of their own, which nothing else has mapped. */
function copyOfOpenSsl(world: AgentWorld): string {
  const dir = world.path("lib");
  Deno.mkdirSync(dir);
  const { stdout } = new Deno.Command(python, { args: ["-c", whereIsOpenSsl] }).outputSync();
  for (const path of new TextDecoder().decode(stdout).trim().split("\n")) {
    Deno.copyFileSync(path, join(dir, path.slice(path.lastIndexOf("/") + 1)));
  }
  return dir;
}

const whereIsOpenSsl = `
import ssl
maps = {line.split()[-1] for line in open("/proc/self/maps") if "libssl" in line or "libcrypto" in line}
print("\\n".join(maps))`;

/** Three calls, the first from its first byte, and what the tools of that agent did. */
async function checkFound(trace: AgentSight, pid: number): Promise<void> {
  await trace.event("process.exit", (exit) => exit.pid === pid);
  await trace.until("its three calls", () => own(trace.events, "llm.call").length === 3);
  const calls = own(trace.events, "llm.call");
  for (const { complete, gaps, request, response } of calls) {
    assert.deepEqual([complete, gaps, request.messages[0]?.role], [true, 0, "user"]);
    assert.notEqual(response.text, "");
  }
  const { session } = calls[0]!;
  const tree = trace.events.filter((event) => event.session === session);
  assert.ok(ofKind(tree, "process.exec").some(({ argv }) => argv.includes("sort")));
  assert.ok(ofKind(tree, "file.rename").some(({ to }) => to.endsWith("/workspace/report.md")));

  function own<K extends Event["kind"]>(events: readonly Event[], kind: K) {
    return ofKind(events, kind).filter((event) => event.pid === pid);
  }
}

/** Programs that use TLS for something else; their process ids. */
async function browse({ tee }: AgentWorld): Promise<number[]> {
  const curls = [
    [`${tee.url}/unrelated/page`],
    [`${tee.url}/api/chat.postMessage`, "--data", "channel=C1&text=unrelated"],
    [
      `${tee.url}/cars`,
      "--header",
      "content-type: application/json",
      "--data",
      '{"model":"unrelated","doors":5}',
    ],
  ].map((args) =>
    new Deno.Command("curl", {
      args: ["--silent", "--http1.1", "--cacert", tee.caFile, ...args],
      stdout: "null",
    }).spawn()
  );
  for (const { status } of curls) assert.ok((await status).success);
  return curls.map(({ pid }) => pid);
}

bpfTest("--comm, --pid and --exe are a union, and take what runs and what starts", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-select-" });
  const tool = join(dir, "tool");
  Deno.copyFileSync("/bin/true", tool);
  const wait = 'import sys; print("ready", flush=True); sys.stdin.readline()';
  await using older = await new WaitingProcess([Deno.realPathSync(python), "-c", wait]).ready();
  await using parent = await new WaitingProcess(
    ["sh", "-c", "sleep 1000 & echo $!; read go; /bin/true; kill $!; wait"],
  ).ready();
  await using other = await new WaitingProcess(["sh", "-c", "echo ready; read go; /bin/true"]).ready();

  await using trace = new AgentSight([
    ...["trace", "--json", "--no-server", "--no-store"],
    ...["--comm", "python", "--pid", String(parent.pid), "--exe", tool],
  ]);
  await trace.watching();
  await older.go();
  const sleeper = Number(await parent.go());
  await other.go();
  const started = async (command: [string, ...string[]]) => {
    await using process = new WaitingProcess(command);
    await process.go();
    return process.pid;
  };
  const younger = await started(["/usr/bin/python3", "-c", ""]);
  const tooled = await started([tool]);
  const [untold, shell] = [await started(["/bin/true"]), await started(["sh", "-c", ":"])];
  await trace.event("process.exit", ({ pid }) => pid === tooled);
  const { code, events } = await trace.stop();
  assert.equal(code, 0);

  const of = (kind: "process.running" | "process.exec" | "process.exit") =>
    ofKind(events, kind).map(({ pid }) => pid);
  for (const pid of [older.pid, parent.pid, sleeper]) assert.ok(of("process.running").includes(pid));
  for (const pid of [younger, tooled]) assert.ok(of("process.exec").includes(pid));
  for (const pid of [older.pid, parent.pid, sleeper, younger, tooled]) {
    assert.ok(of("process.exit").includes(pid));
  }
  const below = ofKind(events, "process.exec").filter(({ ppid }) => ppid === parent.pid);
  assert.deepEqual(below.map(({ argv }) => argv), [["/bin/true"]]);
  assert.deepEqual(events.filter(({ pid }) => [other.pid, untold, shell].includes(pid)), []);
  Deno.removeSync(dir, { recursive: true });
});
