/**
 * What the kernel said once, through today's pipeline, without root.
 *
 * The recording and the events wanted are made anew, as root, with
 * `UPDATE_GOLDEN=1 deno test -A tests/replay_test.ts`. Read the difference before you commit it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { readRounds } from "../src/capture/round_file.ts";
import type { Event } from "../src/event.ts";
import { Pipeline } from "../src/pipeline.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { AgentWorld, python, samples } from "./support/sample_agent.ts";

const testdata = join(import.meta.dirname!, "testdata/replay");
const recording = join(testdata, "agent.rounds.gz");
const golden = join(testdata, "agent.ndjson");
const update = Deno.env.has("UPDATE_GOLDEN");
const MAX_BYTES = 200_000;

Deno.test("a recorded agent gives the same events again", async () => {
  if (update) await record();
  const events = await replay();
  // The hash in a placeholder has another key in every run.
  const text = events.map((event) => JSON.stringify(event) + "\n").join("")
    .replace(/(\[redacted:[a-z0-9-]+:)[0-9a-f]{8}\]/g, "$1--------]");
  if (update) Deno.writeTextFileSync(golden, text);
  assert.equal(text, Deno.readTextFileSync(golden));
});

Deno.test("the recording holds what it was made for", async () => {
  const events = await replay();
  assert.equal(ofKind(events, "llm.call").length, 3);
  assert.equal(ofKind(events, "tool.result").length, 2);
  assert.ok(ofKind(events, "file.rename").length > 0 && ofKind(events, "net.connect").length > 0);
  assert.deepEqual(ofKind(events, "loss"), []);
  assert.ok(!JSON.stringify(events).includes("sk-ant-sample"));
  assert.ok(Deno.statSync(recording).size < MAX_BYTES);
});

async function replay(): Promise<Event[]> {
  const { boot, rounds } = readRounds(new Uint8Array(gunzipSync(Deno.readFileSync(recording))));
  const pipeline = new Pipeline({ boot, level: "redacted", fold: "auto" });
  const events: Event[] = [];
  for (const round of rounds) events.push(...await pipeline.push(round));
  return [...events, ...await pipeline.end()];
}

async function record(): Promise<void> {
  await using world = new AgentWorld();
  const rounds = world.path("rounds");
  const agent = world.path("agent.py");
  Deno.copyFileSync(join(samples, "agent.py"), agent);
  const { code, stderr } = await agentsight(
    [
      "trace",
      "--json",
      "--no-server",
      "--no-store",
      "--rounds",
      rounds,
      "--",
      python,
      agent,
      "--workspace",
      world.workspace,
    ],
    { env: world.env(), cwd: "/" },
  );
  assert.equal(code, 0, stderr);
  Deno.writeFileSync(recording, gzipSync(Deno.readFileSync(rounds), { level: 9 }));
}
