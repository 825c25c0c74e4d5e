/** `trace` without arguments: agents of every TLS stack, under names nobody knows, found by what they send. */
import assert from "node:assert/strict";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { checkFound } from "./support/asked_calls.ts";
import { AskerWorld } from "./support/asker_world.ts";
import type { AskingProcess } from "./support/asking_process.ts";
import { bpfTest } from "./support/bpf_test.ts";

const trace = ["trace", "--json", "--no-server", "--no-store"];
const agents: readonly {
  readonly name: string;
  readonly method: string;
  readonly make: (world: AskerWorld, name: string) => Promise<[string, ...string[]]> | [string, ...string[]];
}[] = [
  { name: "bun", method: "string references", make: (world, name) => world.bun(name) },
  { name: "deno", method: "string references", make: (world, name) => world.deno(name) },
  { name: "go", method: "Go tables", make: (world, name) => world.go(name) },
  { name: "openssl", method: "string references", make: (world, name) => world.staticOpenSsl(name) },
];

bpfTest(
  "renamed agents of every stack are found, whether they started before the trace or after",
  async (t) => {
    await using world = new AskerWorld();
    await using started = new AsyncDisposableStack();
    const early: AskingProcess[] = [];
    for (const { name, make } of agents) {
      early.push(started.use(await world.start(await make(world, `early-${rot13(name)}`))));
    }
    await using watch = await new AgentSight(trace).watching();
    for (const [i, { name, method }] of agents.entries()) {
      await t.step(`${name}, before`, () => check(early[i]!, { watch, method }));
    }
    for (const { name, method, make } of agents) {
      await t.step(`${name}, after`, async () => {
        const late = started.use(await world.start(await make(world, `late-${rot13(name)}`)));
        await check(late, { watch, method });
      });
    }
    const { code, events } = await watch.stop();
    assert.equal(code, 0);
    assert.deepEqual(ofKind(events, "loss"), []);
  },
);

/** All that it asks is seen, from the first that is, by hooks that were found in the one way there is. */
async function check(
  asker: AskingProcess,
  { watch, method }: { readonly watch: AgentSight; readonly method: string },
): Promise<void> {
  await checkFound(watch, asker);
  const covered = ofKind(watch.events, "coverage").filter(({ pid }) => pid === asker.pid);
  assert.deepEqual(covered.map(({ status }) => status), ["attached", "verified"]);
  assert.ok(covered.every((each) => each.method === method), JSON.stringify(covered));
  await asker.end();
}

/** A name that says nothing. */
function rot13(name: string): string {
  return name.replace(/[a-z]/g, (c) => String.fromCharCode((c.charCodeAt(0) - 84) % 26 + 97));
}
