/** Every program that is stopped for its verdict goes on, whoever else traces it and however busy the machine is. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentSight, agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { StallingFiles } from "./support/stalling_files.ts";

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

bpfTest("a file whose file system never answers is left alone, and so is who runs it", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "agentsight-stall-" });
  try {
    await using files = await StallingFiles.mount(directory, "/usr/bin/env");
    const wait = `until [ -e ${directory}/go ]; do sleep 0.05; done`;
    await using trace = new AgentSight([
      ...["trace", "--json", "--no-server", "--no-store", "--"],
      ...["sh", "-c", `${wait}; ${files.program} true`],
    ]);
    await trace.watching();
    await files.stall(trace.pid);
    Deno.writeTextFileSync(join(directory, "go"), "");
    const { code, events } = await trace.ended();
    assert.equal(code, 0);
    const covered = ofKind(events, "coverage").find(({ library }) => library === files.program);
    assert.equal(covered?.status, "unsupported");
    assert.match(covered.reason ?? "", /FUSE/);
    const began = ofKind(events, "process.exec").find(({ exe }) => exe === files.program);
    const went = ofKind(events, "process.exec").find(({ pid, argv }) =>
      pid === began?.pid && argv[0] === "true"
    );
    assert.ok(went!.ts - began!.ts < 4_000_000);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
