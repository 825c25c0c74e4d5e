import assert from "node:assert/strict";
import { agentName } from "./agent_name.ts";

const cases: readonly [exe: string, argv: string, name: string][] = [
  ["/root/.local/bin/claude", "claude -p hi", "claude"],
  ["/opt/claude-code/claude.exe", "claude", "claude"],
  ["/tmp/x/codex (deleted)", "codex exec", "codex"],
  ["/usr/bin/node", "node /usr/bin/gemini -p hi", "gemini"],
  ["/usr/bin/node", "node --no-warnings=DEP0040 /usr/bin/gemini", "gemini"],
  ["/usr/bin/node", "node /usr/lib/node_modules/@google/gemini-cli/dist/index.js", "gemini-cli"],
  ["/usr/bin/node", "node /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js", "claude-code"],
  ["/usr/bin/node", "node -e fetch('https://x/y.js')", "node"],
  ["/usr/bin/node", "node", "node"],
  ["/usr/bin/python3.11", "python3 -m aider.main --yes", "aider"],
  ["/usr/bin/python3.11", "python3 -u agent.py", "agent"],
  ["/usr/bin/python3.11", "python3 main.py", "main"],
  ["/usr/bin/python3.11", "python3 -c print(1)", "python3.11"],
  ["/usr/bin/bun", "bun run ./src/agent.ts", "agent"],
  ["/usr/bin/deno", "deno run -A agent.ts", "agent"],
  ["/bin/dash", "sh -c curl x", "dash"],
  ["/usr/bin/curl", "curl https://api.openai.com/v1", "curl"],
  ["", "", "HTTP client"],
];

for (const [exe, words, name] of cases) {
  Deno.test(`agent of ${exe || "nothing seen"}: ${words} is ${name}`, () => {
    const argv = words === "" ? [] : words.split(" ");
    assert.equal(agentName({ comm: "HTTP client", exe, argv }), name);
  });
}
