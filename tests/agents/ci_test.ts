/** Current Claude Code and Codex, captured byte for byte on every way they take, and what they say of themselves. */
import { installAll, isInstalled } from "../support/agent_installs.ts";
import { bpfTest, isCi } from "../support/bpf_test.ts";
import { checkTraced } from "./agent_case.ts";
import { delegation } from "./delegation.ts";
import { currentMcp } from "./mcp_servers.ts";
import { ownCounts } from "./own_counts.ts";
import { currentRows } from "./rows.ts";
import { unixSocket } from "./unix_socket.ts";

const agents = currentRows.map(({ agent }) => agent);

// They are 770 MB: nobody's tests download that unasked.
if (isCi() || agents.every(isInstalled)) {
  bpfTest("Claude Code and Codex come from npm", () => installAll(agents));
  for (const row of currentRows) {
    bpfTest(`${row.name} is captured byte for byte`, () => checkTraced(row));
  }
  for (const { name, check } of [...ownCounts, ...delegation, ...currentMcp, ...unixSocket]) {
    bpfTest(name, check);
  }
} else {
  const words = "skipped, needs agents from npm: deno task test:agents\n";
  Deno.stderr.writeSync(new TextEncoder().encode(words));
}
