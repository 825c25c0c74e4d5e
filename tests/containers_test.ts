/** Programs in a mount namespace and root of their own, as containers have them, watched from outside. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { lastAnswerSeen, seenCalls, wholeCalls } from "./support/asked_calls.ts";
import { AskerWorld } from "./support/asker_world.ts";
import type { AskingProcess } from "./support/asking_process.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { assertCaptured } from "./support/ground_truth.ts";

/** A file system of its own that nothing outside the namespace has mounted. */
const enter = `set -e
  mount -t tmpfs tmpfs "$1/mounted"
  cp -a "$1/files/." "$1/mounted"
  shift; exec chroot "$@"`;

bpfTest("a program in another root is captured, and no link of that root leads out of it", async () => {
  await using world = new AskerWorld();
  const [program] = await world.dynamicOpenSsl("asker");
  // The same path in both: inside what the program uses, outside a file that is none of its business.
  const libssl = world.path("linked/libssl.so.3");
  prepareRoot(world, { program, libssl });
  const old = new Date(2001, 1, 1);
  Deno.utimeSync(libssl, old, new Date());

  await using first = await startInside(world);
  await using watch = await watching(world, ["--pid", String(first.pid)]);
  await checkSeen(watch, first, libssl);
  const { code, events } = await watch.stop();
  assert.equal(code, 0);
  assert.deepEqual(ofKind(events, "loss"), []);
  assertCaptured(world.tee, world.path("rounds"), events);

  await using second = await startInside(world);
  await using discovery = await watching(world, []);
  await checkSeen(discovery, second, libssl);
  await using third = await startInside(world);
  await untilHooked(discovery, third);
  await checkSeen(discovery, third, libssl);
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
  const container = world.path("container");
  return await world.start([
    ...["unshare", "--mount", "sh", "-c", enter, "sh", container],
    ...[join(container, "mounted"), "/asker"],
  ] as [string, ...string[]]);
}

async function watching(world: AskerWorld, select: readonly string[]): Promise<AgentSight> {
  const options = ["--json", "--no-server", "--no-store", "--rounds", world.path("rounds")];
  return await new AgentSight(["trace", ...options, ...select]).watching();
}

async function checkSeen(watch: AgentSight, asker: AskingProcess, library: string): Promise<void> {
  for (let i = 0; i < 3; i++) await asker.ask(`prompt ${asker.pid} ${i}`);
  await lastAnswerSeen(watch, asker);
  assert.deepEqual(seenCalls(watch, asker), wholeCalls(asker.asked));
  const covered = ofKind(watch.events, "coverage").filter(({ pid }) => pid === asker.pid);
  assert.deepEqual(
    covered.map(({ status, library, method }) => ({ status, library, method })),
    ["attached", "verified"].map((status) => ({ status, library, method: "symbols" })),
  );
}
