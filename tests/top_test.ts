/** `top` as people run it: once, as JSON, and on a terminal. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { AgentRow } from "../src/cli/top/model.ts";
import { AgentSight } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { agentCommand, AgentWorld, python } from "./support/sample_agent.ts";

const main = join(import.meta.dirname!, "../main.ts");
const driver = join(import.meta.dirname!, "support/programs/on_terminal.py");
const SECONDS = 10;

async function runAgent(world: AgentWorld): Promise<void> {
  const [program, ...args] = agentCommand("python3", ["--api", "messages", "--workspace", world.workspace]);
  const { success } = await new Deno.Command(program, { args, env: world.env(), stdout: "null" }).output();
  assert.ok(success);
}

for (const json of [true, false]) {
  bpfTest(`top --once${json ? " --json" : ""} shows an agent that nobody named`, async () => {
    await using world = new AgentWorld();
    const options = ["--once", "--for", `${SECONDS}s`, ...(json ? ["--json"] : [])];
    await using top = new AgentSight(["top", ...options]);
    await top.until("it watches", () => top.stderr.includes("watching"));
    await runAgent(world);
    const { code, stdout, stderr } = await top.ended();
    assert.equal(code, 0, stderr);
    if (json) {
      const { agents, losses }: { agents: AgentRow[]; losses: unknown[] } = JSON.parse(stdout);
      assert.deepEqual(losses, []);
      const found = agents.find(({ agent }) => agent === "agent");
      assert.equal(found?.calls, world.exchanges.length);
      assert.ok(found.execs > 0 && found.files > 0 && found.connections > 0 && found.cost_usd! > 0);
    } else {
      const [titles, ...rows] = stdout.trimEnd().split("\n");
      assert.match(
        titles!,
        /^AGENT +SESSION +STATE +CALLS +IN +OUT +COST +EXECS +FILES +CONNS +CPU▼ +MEM +LOST$/,
      );
      assert.ok(rows.some((row) => /^agent +\S+ +\S/.test(row)));
      assert.equal(rows.at(-1), "nothing lost");
    }
  });
}

bpfTest("on a terminal it draws, sorts, ends with q, and leaves the terminal as it was", async () => {
  const command = [Deno.execPath(), "run", "-A", main, "top", "--all", "--interval", "200ms"];
  const { success, stdout } = await new Deno.Command(python, {
    args: [driver, "80", "24", ...command],
    env: { TERM: "xterm-256color" },
    stderr: "inherit",
  }).output();
  assert.ok(success);
  const said: { code: number; screen: string; sorted: string; same: boolean } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  assert.equal(said.code, 0);
  assert.ok(said.same, "modes of the terminal");
  assert.ok(said.screen.startsWith("\x1b[?1049h\x1b[?25l"));
  assert.ok(said.screen.includes("CPU▼"));
  assert.ok(said.sorted.includes("CALLS▼"));
  assert.ok(said.sorted.endsWith("\x1b[?25h\x1b[?1049l"));
  // deno-lint-ignore no-control-regex
  const text = said.sorted.replaceAll("\x1b[H", "\r\n").replace(/\x1b\[[?\d;]*[A-Za-z]/g, "");
  const lines = text.split(/[\r\n]+/);
  assert.deepEqual(lines.filter((line) => line.length > 80), []);
});
