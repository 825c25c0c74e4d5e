/** Programs in a mount namespace and root of their own, as containers have them, watched from outside. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { checkFound, lastAnswerSeen, seenCalls, wholeCalls } from "./support/asked_calls.ts";
import { AskerWorld } from "./support/asker_world.ts";
import type { AskingProcess } from "./support/asking_process.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { assertCaptured } from "./support/ground_truth.ts";

const trace = ["trace", "--json", "--no-server", "--no-store"];

/** A file system that nothing outside the namespace has mounted takes the place of the root. */
const enter = `set -e
  mount -t tmpfs tmpfs "$1/mounted"
  cp -a "$1/files/." "$1/mounted"
  cd "$1/mounted"
  mount --move . /
  shift; exec chroot . "$@"`;

bpfTest("a program in another root is captured, and no link of that root leads out of it", async () => {
  await using world = new AskerWorld();
  const [program] = await world.dynamicOpenSsl("asker");
  // The same path in both: inside what the program uses, outside a file that is none of its business.
  const libssl = world.path("linked/libssl.so.3");
  prepareRoot(world, { program, libssl });
  const old = new Date(2001, 1, 1);
  Deno.utimeSync(libssl, old, new Date());

  await using first = await startInside(world);
  const rounds = world.path("rounds");
  const selected = ["--rounds", rounds, "--pid", String(first.pid)];
  await using watch = await new AgentSight([...trace, ...selected]).watching();
  for (let i = 0; i < 3; i++) await first.ask(`prompt ${i}`);
  await lastAnswerSeen(watch, first);
  assert.deepEqual(seenCalls(watch, first), wholeCalls(first.asked));
  checkCoverage(watch, first, libssl);
  const { code, events } = await watch.stop();
  assert.equal(code, 0);
  assert.deepEqual(ofKind(events, "loss"), []);
  assertCaptured(world.tee, world.path("rounds"), { events });

  await using early = await startInside(world);
  await using discovery = await new AgentSight(trace).watching();
  await using late = await startInside(world);
  for (const each of [early, late]) {
    await checkFound(discovery, each);
    checkCoverage(discovery, each, libssl);
  }
  assert.equal((await discovery.stop()).code, 0);
  // A read would have set it, also where file systems are mounted with relatime.
  assert.equal(Deno.statSync(libssl).atime?.getTime(), old.getTime());
});

function prepareRoot(
  world: AskerWorld,
  { program, libssl }: { readonly program: string; readonly libssl: string },
): void {
  const root = world.path("container/files");
  const inside = (path: string) => {
    Deno.mkdirSync(dirname(root + path), { recursive: true });
    return root + path;
  };
  Deno.mkdirSync(world.path("container/mounted"), { recursive: true });
  Deno.copyFileSync(program, inside("/asker"));
  Deno.copyFileSync(world.tee.caFile, inside(world.tee.caFile));
  for (const path of librariesOf(program)) {
    if (!path.endsWith("/libssl.so.3")) {
      Deno.copyFileSync(path, inside(path));
      continue;
    }
    Deno.copyFileSync(path, inside(libssl));
    Deno.symlinkSync(libssl, inside(path));
    Deno.mkdirSync(dirname(libssl));
    Deno.copyFileSync(path, libssl);
  }
}

function librariesOf(program: string): string[] {
  const { stdout } = new Deno.Command("ldd", { args: [program] }).outputSync();
  return [...new TextDecoder().decode(stdout).matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

async function startInside(world: AskerWorld): Promise<AskingProcess> {
  const shell = ["unshare", "--mount", "sh", "-c", enter, "sh", world.path("container")] as const;
  return await world.start([...shell, "/asker"]);
}

function checkCoverage(watch: AgentSight, asker: AskingProcess, library: string): void {
  const covered = ofKind(watch.events, "coverage").filter(({ pid }) => pid === asker.pid);
  assert.deepEqual(
    covered.map(({ status, library, method }) => ({ status, library, method })),
    ["attached", "verified"].map((status) => ({ status, library, method: "symbols" })),
  );
}
