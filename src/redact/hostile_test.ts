/** Words made to overflow the stack or to take hours. */
import assert from "node:assert/strict";
import { LearnedSecrets } from "./learned.ts";
import { Redactor } from "./redactor.ts";
import { Anchors } from "./rules/anchors.ts";
import { scan } from "./scan.ts";
import { exec, SECRET, tool } from "./testdata/drafts.ts";

async function within(ms: number, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  assert.ok(took < ms, `took ${took} ms`);
}

Deno.test("an option in an option in an option …", async () => {
  const word = `${"-a=".repeat(100_000)}--token=${SECRET}`;
  const out = JSON.stringify(await new Redactor({ level: "redacted" }).redact([tool([word])]));
  assert.ok(!out.includes(SECRET));
});

Deno.test("a list of options that mean something to some program", async () => {
  await within(10_000, async () => {
    const words = Array<string>(100_000).fill("-pa");
    const [out] = await new Redactor({ level: "redacted" }).redact([exec(...words, "mysql", "-phunter2")]);
    assert.ok(out?.kind === "process.exec");
    assert.deepEqual(out.argv.slice(0, 2), ["-pa", "-pa"]);
    assert.match(out.argv.at(-1) ?? "", /^-p\[redacted:/);
  });
});

Deno.test("a text of what thousands of learned secrets begin with cannot be checked; others can", async () => {
  const learned = new LearnedSecrets();
  for (let i = 0; i < 4096; i++) learned.learn(`aaaab${i.toString(36).padStart(12, "0")}`, "k");
  const texts = ["a".repeat(1 << 20), `x aaaab${"0".repeat(12)} y`, "plain"];
  await within(20_000, async () => {
    const verdicts = await scan(texts, { learned, rules: new Anchors(), lint: () => Promise.resolve([]) });
    assert.deepEqual(verdicts, [null, [{ from: 2, to: 19, kind: "k" }], []]);
  });
});
