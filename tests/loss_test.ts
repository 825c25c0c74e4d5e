/** Lost evidence is counted to the last event, and never happens at the default sizes. */
import assert from "node:assert/strict";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

/** Each is a fork, an exec and an exit. */
const CHILDREN = 5000;
/** Eight at a time, and as fast as that goes. */
const storm = `
import os
for _ in range(${CHILDREN} // 8):
    children = [os.posix_spawn("/bin/true", ["true"], {}) for _ in range(8)]
    for child in children: os.waitpid(child, 0)`;
/** The program itself: an exec and an exit. */
const PERFORMED = 3 * CHILDREN + 2;

for (
  const [name, options, lossy] of [
    ["a ring of one page", ["--ring-control", "4K"], true],
    ["the default ring", [], false],
  ] as const
) {
  bpfTest(`${name}: captured and lost make what was done`, async () => {
    const { code, events, stderr } = await agentsight(
      ["trace", "--json", "--no-server", "--no-store", "--strict", ...options, "--", python, "-c", storm],
    );
    const losses = ofKind(events, "loss");
    const lost = losses.filter((loss) => loss.class === "process").reduce((sum, { count }) => sum + count, 0);
    const captured = (["process.fork", "process.exec", "process.exit"] as const)
      .reduce((sum, kind) => sum + ofKind(events, kind).length, 0);
    assert.ok(captured > 0);
    assert.equal(captured + lost, PERFORMED);
    assert.equal(lost > 0, lossy);
    assert.equal(code, lossy ? 5 : 0, stderr);
    if (!lossy) assert.deepEqual(losses, []);
    for (const { class: what, unit, reason } of losses) {
      assert.equal(unit, what === "payload" ? "bytes" : "events");
      assert.notEqual(reason, "");
    }
  });
}
