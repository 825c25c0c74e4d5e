/** Claude Code: a Bun program with BoringSSL inside. */
import { claudeCode } from "../support/agent_installs.ts";
import type { AgentRow } from "./agent_row.ts";

export function claudeCodeRow(version: string): AgentRow {
  return {
    name: `Claude Code ${version}`,
    agent: claudeCode(version),
    protocol: "HTTP/1.1",
    prepare: (world) => ({
      args: ["-p", world.prompt, "--allowedTools", "Bash"],
      env: {
        ANTHROPIC_BASE_URL: world.origin("api.anthropic.com"),
        ANTHROPIC_API_KEY: "sk-ant-of-test",
        NODE_EXTRA_CA_CERTS: world.tee.caFile,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        DISABLE_AUTOUPDATER: "1",
      },
    }),
  };
}
