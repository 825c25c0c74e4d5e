/** What a tree is said to use, against a program that says itself. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AgentSight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { python } from "./support/sample_agent.ts";

const program = join(import.meta.dirname!, "support/programs/use.py");

bpfTest("processor, memory, threads and bytes of a tree, while it runs and when it is over", async () => {
  const child = new Deno.Command(python, { args: [program], stdin: "piped", stdout: "piped" }).spawn();
  const args = ["trace", "--json", "--no-server", "--no-store", "--resources", "200ms"];
  await using trace = await new AgentSight([...args, "--pid", String(child.pid)]).watching();
  const idle = await trace.event("resource", ({ pid }) => pid === child.pid);
  assert.deepEqual([idle.processes, idle.threads, idle.cpu_percent], [1, 1, 0]);

  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("\n"));
  const reader = child.stdout.getReader();
  const seconds = Number(new TextDecoder().decode((await reader.read()).value));
  const busy = await trace.event(
    "resource",
    ({ rss_kb, read_bytes, threads }) =>
      rss_kb > idle.rss_kb + 45_000 && read_bytes > 50_000_000 && threads === 2,
  );
  assert.ok(busy.processes === 1, "the child is over, or not yet begun");
  await trace.event("resource", ({ cpu_percent }) => cpu_percent > 20);

  await writer.close();
  await reader.cancel();
  await child.status;
  const over = await trace.event("resource", ({ processes }) => processes === 0);
  assert.deepEqual([over.threads, over.rss_kb], [0, 0]);
  assert.ok(Math.abs(over.cpu_us / 1e6 - seconds) < 0.15, `${over.cpu_us} µs, ${seconds} s`);
  // 50 MB and 3 MB of zeros and 3 MB through the pipe; what Python reads of itself is less than 2 MB.
  assert.ok(over.read_bytes >= 56_000_000 && over.read_bytes < 59_000_000, String(over.read_bytes));
  assert.ok(over.written_bytes >= 3_000_000 && over.written_bytes < 3_100_000, String(over.written_bytes));

  const { events } = await trace.stop();
  const told = ofKind(events, "resource");
  assert.ok(told.every(({ session }) => session === idle.session));
  told.slice(1).forEach((event, i) => {
    for (const key of ["cpu_us", "read_bytes", "written_bytes"] as const) {
      assert.ok(event[key] >= told[i]![key], `${key} only grows`);
    }
  });
});

bpfTest("with --resources 0 nothing is told", async () => {
  const args = ["trace", "--json", "--no-server", "--no-store", "--resources", "0", "--", "/bin/true"];
  await using trace = new AgentSight(args);
  const { events, stderr } = await trace.ended();
  assert.equal(ofKind(events, "process.exit").length, 1, stderr);
  assert.equal(ofKind(events, "resource").length, 0);
});
