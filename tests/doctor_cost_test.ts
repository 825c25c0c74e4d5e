/** `doctor --cost`: the kernel's own statistics of a trace that runs. */
import assert from "node:assert/strict";
import type { TraceCost } from "../src/cli/trace_cost.ts";
import { AgentSight, agentsight } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";

bpfTest("runs and time of each program of a trace, and its maps", async () => {
  const shell = new Deno.Command("sh", {
    args: ["-c", "while :; do : < /dev/null; done"],
    stdin: "null",
  }).spawn();
  try {
    const watched = ["--pid", String(shell.pid)];
    const args = ["trace", "--json", "--no-server", "--no-store", "--capture", "off", ...watched];
    await using trace = await new AgentSight(args).watching();
    const { code, stdout, stderr } = await agentsight(["doctor", "--cost", "--for", "1s", "--json"]);
    assert.equal(code, 0, stderr);
    const cost = (JSON.parse(stdout) as TraceCost[]).find(({ pid }) => pid === trace.pid)!;
    assert.ok(cost.seconds > 0.9 && cost.seconds < 10);
    const [most] = cost.programs;
    assert.ok(most!.runs > 100 && most!.name.startsWith("on_sys"), JSON.stringify(most));
    assert.ok(most!.ns_per_run! > 10 && most!.ns_per_run! < 100_000);
    assert.ok(Math.abs(most!.percent_of_core - most!.run_ns / cost.seconds / 1e7) < 0.1);
    const fork = cost.programs.find(({ name }) => name === "on_fork");
    assert.ok(fork, "also those that have nothing to do");
    assert.ok(cost.process_percent_of_core > 0);
    const control = cost.maps.find(({ name }) => name === "control")!;
    assert.ok(control.ring && control.max_entries === 8 << 20 && control.bytes >= 8 << 20);
    assert.ok(cost.map_bytes > 0 && cost.ring_bytes >= control.bytes);

    const text = await agentsight(["doctor", "--cost", "--for", "200ms"]);
    assert.match(text.stdout, new RegExp(`trace, process ${trace.pid}, 0\\.\\d s`));
    assert.match(text.stdout, /PROGRAM +RUNS +RUNS\/S +NS\/RUN +% OF A CORE\n/);
    assert.match(text.stdout, /\non_sys_exit +[\d,]+ /);
  } finally {
    shell.kill("SIGKILL");
    await shell.status;
  }
});

bpfTest("where no trace runs: how to start one", async () => {
  const { code, stderr, stdout } = await agentsight(["doctor", "--cost"], {
    mounts: "mkdir -p /run/agentsight; mount -t tmpfs none /run/agentsight",
  });
  assert.ok(stderr.includes("Start one in another terminal: sudo agentsight trace"), stderr);
  assert.deepEqual([code, stdout], [3, ""]);
});
