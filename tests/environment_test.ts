/** Names of the environment on request, and never a value. */
import assert from "node:assert/strict";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";

/** Cut into pieces in the kernel: names and values of every length around them. */
const names = [1, 2, 62, 63, 64, 65, 127, 200].map((length) => "N".repeat(length));
const values = [0, 1, 61, 62, 63, 64, 65, 126, 127, 500].map((length) => "v".repeat(length));
const pairs = names.flatMap((name, i) => values.map((value, j) => [`${name}_${i}_${j}`, value] as const));
const env = Object.fromEntries([...pairs, ["WITH_EQUALS", "a=vvvv=b"], ["LAST", ""]]);
const run = ["trace", "--json", "--no-server", "--no-store"];

bpfTest("--env-names tells the names that a program is started with, whole and in order", async () => {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const { code, events } = await agentsight(
    [...run, "--env-names", "--", "env", "-i", ...assignments, "/bin/true"],
  );
  assert.equal(code, 0);
  const [exec] = ofKind(events, "process.exec").filter(({ argv }) => argv[0] === "/bin/true");
  assert.deepEqual(exec?.env, Object.keys(env));
  assert.equal(exec?.env_truncated, undefined);
  assert.ok(!JSON.stringify(exec).includes("vvvv"));
});

bpfTest(
  "an environment beyond what is looked at is marked, and nothing is told that nobody asked for",
  async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `VARIABLE_NUMBER_${n}=${"x".repeat(20)}`);
    const { events } = await agentsight([...run, "--env-names", "--", "env", ...many, "/bin/true"]);
    const exec = ofKind(events, "process.exec").at(-1);
    assert.equal(exec?.env_truncated, true);
    assert.ok((exec?.env?.length ?? 0) > 500);
    const { events: silent } = await agentsight([...run, "--", "env", "A=1", "/bin/true"]);
    assert.ok(ofKind(silent, "process.exec").every(({ env }) => env === undefined));
  },
);
