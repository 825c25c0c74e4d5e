/**
 * Agents from npm against a model whose server keeps what it decrypted: `deno task test:agents`.
 *
 * `AGENTS=untraced` runs them without AgentSight, which shows whether a failure is the agent's or ours.
 */
import { bpfTest } from "../support/bpf_test.ts";
import { checkTraced, checkUntraced } from "./agent_case.ts";
import { currentMcp, otherMcp } from "./mcp_servers.ts";
import { currentRows, otherRows } from "./rows.ts";

const mode = Deno.env.get("AGENTS");

for (const row of [...currentRows, ...otherRows]) {
  if (mode === "untraced") bpfTest(`${row.name} runs to its end`, () => checkUntraced(row));
  if (mode === "traced") bpfTest(`${row.name} is captured byte for byte`, () => checkTraced(row));
}

if (mode === "traced") {
  for (const { name, check } of [...currentMcp, ...otherMcp]) bpfTest(name, check);
}
