/** Live text shows what the finished text will show, and never a part of what that hides. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Draft } from "../event.ts";
import { Redactor } from "./redactor.ts";
import { call, delta } from "./testdata/drafts.ts";
import { type Example, EXAMPLES } from "./testdata/examples.ts";

/** As much of a secret as may be seen: fewer characters than any is worth guessing from. */
const GLIMPSE = 12;
const NOTE = /\[long text, shown when the call is complete\]/;

/** A secret cut by a piece's end has two placeholders where the whole text has one. */
function normal(text: string): string {
  return text.replace(/(?:\[redacted:[a-z-]{1,32}:[0-9a-f]{8}\])+/g, "§");
}

async function finished(text: string): Promise<string> {
  const [out] = await new Redactor({ level: "redacted" }).redact([call(text)]);
  assert.ok(out?.kind === "llm.call");
  return out.response.text;
}

/** Text of each call as it was shown, when the deltas come in this order and in batches of these sizes. */
async function shown(
  deltas: readonly Draft[],
  batches: readonly number[],
  ids: readonly string[],
): Promise<Map<string, string>> {
  const redactor = new Redactor({ level: "redacted" });
  const out: Draft[] = [];
  for (let at = 0, i = 0; at < deltas.length; i++) {
    const size = batches[i % batches.length] as number;
    out.push(...await redactor.redact(deltas.slice(at, at + size)));
    at += size;
  }
  out.push(...await redactor.redact(ids.map((id) => call("done", id))));
  const texts = new Map(ids.map((id) => [id, ""]));
  for (const event of out) {
    if (event.kind === "llm.delta") texts.set(event.id, (texts.get(event.id) ?? "") + event.text);
  }
  return texts;
}

function cut(text: string, lengths: readonly number[]): string[] {
  const parts: string[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const length = lengths[i % lengths.length] as number;
    parts.push(text.slice(at, at + length));
    at += length;
  }
  return parts;
}

function check(live: string, whole: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    for (let i = 0; i + GLIMPSE <= secret.length; i++) {
      const glimpse = secret.slice(i, i + GLIMPSE);
      if (!whole.includes(glimpse)) assert.ok(!live.includes(glimpse), `${glimpse} in ${live}`);
    }
  }
  if (!NOTE.test(live)) assert.equal(normal(live), normal(whole));
}

const filler = fc.array(
  fc.oneof(
    fc.constantFrom(
      "the",
      "answer",
      "is",
      "`ls -la`",
      "src/main.ts:12",
      "naïve",
      "日本語のテキスト",
      "🙂",
      "a=b",
      "key",
      "\\n",
      '"x"',
      "\n\n",
      "\t",
    ),
    fc.string({ maxLength: 12 }),
  ),
  { maxLength: 12 },
).map((words) => words.join(" "));
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
const planted = fc.tuple(filler, fc.constantFrom(...EXAMPLES), filler);

Deno.test("a secret of every rule, cut everywhere, shows no part in live text", async () => {
  for (const { text, secret } of EXAMPLES) {
    const whole = `see this: ${text} and more`;
    const want = await finished(whole);
    for (const size of [1, 7, 16]) {
      const live = await shown(cut(whole, [size]).map((part) => delta(part)), [5], ["c1"]);
      check(live.get("c1") ?? "", want, [secret]);
    }
  }
});

Deno.test("live text of interleaved calls, cut and batched anyhow, is the redacted text", async () => {
  const story = fc.uniqueArray(planted, { selector: ([, example]) => example, minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(story, { minLength: 1, maxLength: 3 }),
      lengths,
      lengths,
      async (stories, sizes, batches) => {
        const texts = stories.map((parts) =>
          parts.map(([before, { text }, after]) => `${before} ${text} ${after}`).join("\n")
        );
        const ids = texts.map((_, i) => `c${i}`);
        const queues = texts.map((text, i) => cut(text, sizes).map((part) => delta(part, ids[i])));
        const deltas: Draft[] = [];
        for (let i = 0; queues.some((queue) => queue.length > 0); i++) {
          const next = queues[i % queues.length]?.shift();
          if (next) deltas.push(next);
        }
        const live = await shown(deltas, batches, ids);
        for (const [i, text] of texts.entries()) {
          const secrets = (stories[i] ?? []).map(([, example]: [string, Example, string]) => example.secret);
          check(live.get(ids[i] as string) ?? "", await finished(text), secrets);
        }
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("a cookie line longer than the usual context stays hidden to its end", async () => {
  const line = `Cookie: ${
    Array.from({ length: 40 }, (_, i) => `c${i}=valueNumber${i}x9`).join("; ")
  }\nnext line`;
  const live = await shown(cut(line, [9]).map((part) => delta(part)), [3], ["c1"]);
  assert.equal(normal(live.get("c1") ?? ""), "Cookie: §\nnext line");
});

Deno.test("calls that are forgotten free their text", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const many = Array.from({ length: 3000 }, (_, i) => delta("held", `c${i}`));
  assert.deepEqual(await redactor.redact(many), []);
  assert.equal((await redactor.redact([call("x", "c0")])).length, 1);
  assert.equal((await redactor.redact([call("x", "c2999")])).length, 2);
});
