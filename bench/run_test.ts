import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Result } from "./report.ts";

const names = [
  "ring_drain",
  "pipeline",
  "sustained",
  "startup",
  "memory",
  "tls_call",
  "latency",
  "overhead",
  "resolve",
  "attach",
];

/** That they run and what they write, not how fast they are. */
Deno.test("every benchmark runs and keeps its samples", { sanitizeResources: false }, async () => {
  const out = Deno.makeTempDirSync({ prefix: "agentsight-bench-test-" });
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(import.meta.dirname!, "run.ts"), "--quick", "--out", out],
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    for (const name of names) {
      const result: Result = JSON.parse(Deno.readTextFileSync(join(out, "results", `${name}.json`)));
      equal(result.name, name);
      ok(result.quick && result.versions.Deno === Deno.version.deno && result.machine.kernel);
      ok(result.rows.length > 0);
      for (const { what, samples } of result.rows) {
        ok(samples.length > 0 && samples.every(Number.isFinite), `${name}: ${what}: ${samples}`);
      }
    }
    ok(/\| median +\|/.test(Deno.readTextFileSync(join(out, "results.md"))));
  } finally {
    Deno.removeSync(out, { recursive: true });
  }
});
