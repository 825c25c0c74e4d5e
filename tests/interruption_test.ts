/** What is in flight when something ends early: an unfinished call is an event, and the trace goes on. */
import assert from "node:assert/strict";
import type { Turn } from "../samples/llm/script.ts";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { agentCommand, AgentWorld } from "./support/sample_agent.ts";
import { WaitingProcess } from "./support/waiting_process.ts";

const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, reasoning: 0 };
/** Long enough to be interrupted: some seconds. */
const talk: Turn = { text: "So it goes on and on. ".repeat(400), usage };

interface Talking {
  readonly world: AgentWorld;
  readonly trace: AgentSight;
  readonly agent: WaitingProcess;
}

async function whileTalking(json: boolean, act: (talking: Talking) => Promise<void>): Promise<void> {
  await using world = new AgentWorld([talk], { pause: 20 });
  const db = world.path("events.sqlite");
  const format = json ? ["--json"] : [];
  await using trace = new AgentSight(["trace", ...format, "--no-server", "--db", db]);
  await trace.watching();
  await using agent = new WaitingProcess(agentCommand("python3", []), { env: world.env() });
  await trace.until(
    "it hears the agent",
    () => json ? ofKind(trace.events, "llm.delta").length > 0 : trace.stdout.includes("agent.py"),
  );
  await act({ world, trace, agent });
}

bpfTest(
  "an agent that is killed leaves its unfinished call",
  () =>
    whileTalking(true, async ({ trace, agent }) => {
      Deno.kill(agent.pid, "SIGKILL");
      const call = await trace.event("llm.call", ({ pid }) => pid === agent.pid);
      assert.equal(call.complete, false);
      assert.ok(talk.text.startsWith(call.response.text));
      assert.notEqual(call.response.text, "");
      assert.equal((await trace.event("process.exit", ({ pid }) => pid === agent.pid)).signal, 9);
      assert.equal((await trace.stop()).code, 0);
    }),
);

bpfTest(
  "a trace that is ended drains, emits the unfinished call, and leaves the agent alone",
  () =>
    whileTalking(true, async ({ trace, agent }) => {
      const { code, events } = await trace.stop("SIGTERM");
      assert.equal(code, 0);
      const [call, ...more] = ofKind(events, "llm.call").filter(({ pid }) => pid === agent.pid);
      assert.deepEqual([call?.complete, more.length], [false, 0]);
      assert.ok(Deno.statSync(`/proc/${agent.pid}`).isDirectory);
    }),
);

bpfTest(
  "Ctrl-C prints the summary, and where the recording is",
  () =>
    whileTalking(false, async ({ world, trace }) => {
      const { code, stdout, stderr } = await trace.stop();
      assert.equal(code, 0);
      assert.match(stdout, /LLM calls +1, 1 incomplete/);
      assert.match(stdout, /Lost +nothing/);
      assert.ok(stderr.includes(`recording: ${world.path("events.sqlite")}`));
    }),
);
