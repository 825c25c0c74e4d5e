/** Every program that is stopped for its verdict goes on, whoever else traces it and however busy the machine is. */
import assert from "node:assert/strict";
import { AgentSight, agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";

/** Each copy is a file that nobody has judged: one stop each. A stop after its SIGCONT was seen once in some 400. */
const PROGRAMS = 400;
const script = `
for i in $(seq ${PROGRAMS}); do
  cp /bin/true "$1/t$i"
  "$1/t$i" || exit 1
  rm "$1/t$i"
done`;

bpfTest("400 new programs under two traces are all continued", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "agentsight-hold-" });
  try {
    await using other = new AgentSight(["trace", "--json", "--no-server", "--no-store", "--comm", "sh"]);
    await other.watching();
    const { code, events } = await agentsight(
      ["trace", "--json", "--no-server", "--no-store", "--", "sh", "-c", script, "sh", directory],
    );
    assert.equal(code, 0);
    const ran = ofKind(events, "process.exec").filter(({ exe }) => exe.startsWith(directory));
    assert.equal(ran.length, PROGRAMS);
    assert.deepEqual(ofKind(events, "loss"), []);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
