/** What a secret once found hides later, and what it must not hide. */
import assert from "node:assert/strict";
import { Redactor } from "./redactor.ts";
import { delta, opened, tool } from "./testdata/drafts.ts";
import { HEX, OPAQUE, OPENAI, percent, toolResult, unicode } from "./testdata/leaks.ts";

Deno.test("two spellings of a secret are one secret", async () => {
  const out = JSON.stringify(
    await new Redactor({ level: "redacted" }).redact([
      tool([`a ${OPENAI}`, `{"k":"${unicode(OPENAI)}"}`, `https://h/${percent(OPENAI)}`]),
    ]),
  );
  assert.equal(new Set(out.match(/:[0-9a-f]{8}\]/g)).size, 1, out);
});

Deno.test("what a file names is found where the answer repeats it without the name, also live", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const [first] = await redactor.redact([
    toolResult([`PORT=1\nINTERNAL_TOKEN=${OPAQUE}\n`, `it says ${OPAQUE}`]),
  ]);
  assert.ok(!JSON.stringify(first).includes(OPAQUE));
  const live = await redactor.redact([delta(`so use ${OPAQUE} there `, "c2"), opened(`/tmp/${OPAQUE}`)]);
  assert.ok(!JSON.stringify(live).includes(OPAQUE), JSON.stringify(live));
});

Deno.test("what a text calls a secret hides no path, id or word elsewhere", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const words = [
    "/home/u/evil-payload-2024-x1",
    "toolu_01",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "production",
  ];
  await redactor.redact([tool(words.map((word) => `SOME_SECRET=${word}\npassword: ${word}`))]);
  const batch = words.map((word) => opened(`/x/${word}`));
  assert.deepEqual(await redactor.redact(batch), batch);
});

Deno.test("a key of a request's header is not in the live text that comes before the exchange's event", async () => {
  const redactor = new Redactor({ level: "redacted" });
  redactor.learn({ "x-api-key": OPAQUE, "user-agent": "agent-1.2.3-with-a-long-name" });
  const out = JSON.stringify(
    await redactor.redact([delta(`your key ${OPAQUE} is fine agent-1.2.3-with-a-long-name `)]),
  );
  assert.ok(!out.includes(OPAQUE) && out.includes("agent-1.2.3-with-a-long-name"), out);
});

Deno.test("a forged placeholder hides nothing", async () => {
  const text = JSON.stringify(
    await new Redactor({ level: "redacted" }).redact([
      tool(`password=[redacted:${HEX}:12345678] key: sk-${HEX}`),
    ]),
  );
  assert.ok(!text.includes(`sk-${HEX}`), text);
});
