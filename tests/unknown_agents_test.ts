/** `trace` without arguments: agents of every TLS stack, under names nobody knows, found by what they send. */
import assert from "node:assert/strict";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { lastAnswerSeen, seenCalls, wholeCalls } from "./support/asked_calls.ts";
import { answerTo, AskerWorld } from "./support/asker_world.ts";
import type { AskingProcess } from "./support/asking_process.ts";
import { bpfTest } from "./support/bpf_test.ts";

const trace = ["trace", "--json", "--no-server", "--no-store"];
/** The largest file is looked through in less than a tenth of this. */
const PATIENCE_MS = 20_000;
/** After the first that is seen. */
const MORE = 5;

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
      await t.step(`${name}, before`, () => checkFound(watch, early[i]!, { method }));
    }
    for (const { name, method, make } of agents) {
      await t.step(`${name}, after`, async () => {
        const late = started.use(await world.start(await make(world, `late-${rot13(name)}`)));
        await checkFound(watch, late, { method });
      });
    }
    const { code, events } = await watch.stop();
    assert.equal(code, 0);
    assert.deepEqual(ofKind(events, "loss"), []);
  },
);

/** Asks until it is seen; from then on everything must be, as it was. */
async function checkFound(
  watch: AgentSight,
  asker: AskingProcess,
  { method }: { readonly method: string },
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let i = 0; seenCalls(watch, asker).length === 0; i++) {
    assert.ok(performance.now() < deadline, `none of ${i} requests was seen`);
    await asker.ask(`prompt ${asker.pid} ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (let i = 0; i < MORE; i++) await asker.ask(`more ${asker.pid} ${i}`);
  await lastAnswerSeen(watch, asker);
  const seen = seenCalls(watch, asker);
  const first = asker.asked.findIndex((prompt) => seen[0]!.text === answerTo(prompt));
  assert.deepEqual(seen, wholeCalls(asker.asked.slice(first)));
  assert.ok(seen.length > MORE);
  const covered = ofKind(watch.events, "coverage").filter(({ pid }) => pid === asker.pid);
  assert.deepEqual(covered.map(({ status }) => status), ["attached", "verified"]);
  assert.ok(covered.every((each) => each.method === method), JSON.stringify(covered));
  await asker.end();
}

/** A name that says nothing. */
function rot13(name: string): string {
  return name.replace(/[a-z]/g, (c) => String.fromCharCode((c.charCodeAt(0) - 84) % 26 + 97));
}
