/** Programs that end before anybody has looked at them, thousands of them: the trace keeps up, and nobody stays stopped. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { checkFound } from "./support/asked_calls.ts";
import { AskerWorld, build } from "./support/asker_world.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { peakMemoryMb } from "./support/peak_memory.ts";

const trace = ["trace", "--json", "--no-server", "--no-store"];
const programs = join(import.meta.dirname!, "support/programs");
const MANY = Number(Deno.env.get("MANY") ?? 3000);
/** Each of these has functions to hook; to take the hooks of one off again, the kernel needs some 0.1 s. */
const HOOKED = { followed: 40, "not followed": 200 };
const PARALLEL = 8;
const MOST_MB = 300;
/** Ten thousand in a minute. */
const MOST_MS_EACH = 6;
const spawner = "short-lives";

for (const which of ["followed", "not followed"] as const) {
  const count = HOOKED[which];
  const name = `${MANY} short programs that are ${which}, and ${count} that end while they are hooked`;
  bpfTest(name, () => checkKeepsUp({ followed: which === "followed", count }));
}

async function checkKeepsUp(
  { followed, count }: { readonly followed: boolean; readonly count: number },
): Promise<void> {
  await using world = new AskerWorld();
  await build(["gcc", "-O2", "-o", world.path(spawner), join(programs, "spawner.c")]);
  await build(["gcc", "-O2", "-static", "-s", "-o", world.path("forger"), join(programs, "forger.c")]);
  await buildTiny(world.path("tiny"));
  await using asker = await world.start(await world.staticOpenSsl("asker"));
  const select = followed ? ["--comm", spawner, "--pid", String(asker.pid)] : [];
  await using watch = await new AgentSight([...trace, ...select]).watching();
  const before = peakMemoryMb(watch.pid);

  const ms = await spawn(world, { program: "tiny", count: MANY });
  assert.ok(ms < MOST_MS_EACH * MANY, `${MANY} programs took ${ms} ms`);
  await spawn(world, { program: "forger", count });
  await checkFound(watch, asker);
  await asker.end();
  const grown = peakMemoryMb(watch.pid) - before;
  assert.ok(grown < MOST_MB, `${grown} MB more`);
  assert.deepEqual(stopped(world.path("")), []);

  const { code, events } = await watch.stop();
  assert.equal(code, 0);
  assert.deepEqual(ofKind(events, "loss"), []);
  const ran = ofKind(events, "process.exec").filter(({ exe }) => /\/copies-\w+\/\d+$/.test(exe));
  assert.equal(ran.length, followed ? MANY + count : 0);
  assert.deepEqual(ofKind(events, "coverage").filter(({ status }) => status === "timeout"), []);
}

/** The milliseconds that it took. */
async function spawn(
  world: AskerWorld,
  { program, count }: { readonly program: string; readonly count: number },
): Promise<number> {
  const directory = world.path(`copies-${program}`);
  Deno.mkdirSync(directory);
  const args = [world.path(program), directory, String(count), String(PARALLEL)];
  const command = new Deno.Command(world.path(spawner), { args, stdin: "null", stderr: "inherit" });
  const { success, stdout } = await command.output();
  assert.ok(success);
  // The programs have said something too.
  return Number(new TextDecoder().decode(stdout).trim().split("\n").at(-1));
}

/** The smallest program there is. */
async function buildTiny(path: string): Promise<void> {
  const source = `${path}.c`;
  const exit = Deno.build.arch === "x86_64"
    ? "mov $60, %eax; xor %edi, %edi; syscall"
    : "mov x8, 94; mov x0, 0; svc 0";
  Deno.writeTextFileSync(source, `__asm__(".globl _start\\n_start: ${exit}");\n`);
  await build(["gcc", "-nostdlib", "-static", "-s", "-Wl,-N,--build-id=none", "-o", path, source]);
}

/** The processes of this test that nobody has continued. */
function stopped(directory: string): number[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
    try {
      const [state] = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!;
      return state === "T" && Deno.readLinkSync(`/proc/${pid}/exe`).startsWith(directory);
    } catch {
      // Not a process, or ended.
      return false;
    }
  });
}
