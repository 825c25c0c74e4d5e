/** Claude Code with its model behind a unix socket, as `claude ssh` has it: plain HTTP, without TLS. */
import assert from "node:assert/strict";
import { ofKind } from "../support/agentsight.ts";
import { AgentWorld } from "./agent_world.ts";
import { assertCalls } from "./call_case.ts";
import { claudeCodeRow } from "./claude_code.ts";
import { traceAgent } from "./run_agent.ts";

export const unixSocket = [
  { name: "Claude Code over ANTHROPIC_UNIX_SOCKET: every call, and the socket's path", check },
];

async function check(): Promise<void> {
  await using world = new AgentWorld({ alpn: ["http/1.1"], trusted: true });
  const path = world.path("model.sock");
  await using _server = Deno.serve({ path, onListen() {} }, world.model.fetch);
  const claude = claudeCodeRow("2.1.330");
  const row = {
    ...claude,
    prepare: (world: AgentWorld) => {
      const { args, env: { ANTHROPIC_BASE_URL: _url, ANTHROPIC_API_KEY: _key, ...env } } = claude.prepare(
        world,
      );
      return {
        args,
        env: {
          ...env,
          ANTHROPIC_UNIX_SOCKET: path,
          ANTHROPIC_BASE_URL: "http://localhost",
          CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-of-test",
        },
      };
    },
  };
  const { events, code, stderr, stdout } = await traceAgent(row, world);
  assert.equal(code, 0, `${stderr}${stdout}`.slice(-4000));
  assert.ok(world.proven);
  assert.deepEqual(ofKind(events, "loss"), []);
  assert.equal(world.tee.connections.length, 0);
  assertCalls(world.model.exchanges, events);
  for (const { peer } of ofKind(events, "llm.call")) {
    assert.deepEqual(peer, { addr: path, port: 0, confidence: "certain" });
  }
}
