import assert from "node:assert/strict";
import { LearnedSecrets } from "./learned.ts";
import { Anchors } from "./rules/anchors.ts";
import { scan } from "./scan.ts";
import { fill } from "./testdata/examples.ts";

const rules = new Anchors();
const KEY = `sk-proj-${fill("word", 60)}`;

async function secretsOf(texts: readonly string[]): Promise<string[][]> {
  const verdicts = await scan(texts, { learned: new LearnedSecrets(), rules });
  return verdicts.map((ranges, i) => ranges!.map(({ from, to }) => texts[i]!.slice(from, to)));
}

Deno.test("strings are checked together, each for itself", async () => {
  const texts = [
    "password:",
    KEY,
    "",
    "Authorization: Bearer",
    "abcdef123456",
    `${KEY} ${KEY}`,
    "Cookie: ",
    "a=b1234567",
  ];
  assert.deepEqual(await secretsOf(texts), [[], [KEY], [], [], [], [KEY, KEY], [], []]);
});

Deno.test("more than one chunk, and a string larger than a chunk", async () => {
  const long = `${"lorem ipsum ".repeat(100_000)}${KEY} end`;
  assert.deepEqual(await secretsOf([long, "x".repeat(900_000), `a ${KEY}`, long]), [[KEY], [], [KEY], [KEY]]);
});

Deno.test("escapes: the range is that of the escaped text", async () => {
  const escaped = KEY.replaceAll("-", "\\u002d");
  assert.deepEqual(
    await secretsOf([`{"k":"${escaped}"}`, `a\\n${KEY}\\n`, `k=${KEY.replaceAll("_", "%5F")}&x`]),
    [
      [escaped],
      [KEY],
      [KEY.replaceAll("_", "%5F")],
    ],
  );
});

/** Formats of @secretlint's preset: it takes 45 s for 1 MiB of them, because it compares all findings with all. */
const FLOODS = [
  `ghs_1_${fill("alnum", 30)}.a.b`,
  `ghp_${fill("alnum", 36)}`,
  `AKIA${fill("upper", 16)}`,
  "aws_account_id=123456789012",
  `https://bob:${fill("alnum", 12)}@h.example.com`,
  `postgres://bob:${fill("alnum", 12)}@h/x`,
  `https://${fill("alnum", 12)}:x-oauth-basic@github.com/`,
  `//registry.npmjs.org/:_authToken=${fill("alnum", 12)}`,
  `xoxb-1-${fill("alnum", 12)}-a`,
  `SG.${fill("alnum", 22)}.${fill("alnum", 43)}`,
  `sk_live_${fill("alnum", 24)}`,
  `dapi${fill("hex", 32)}`,
  `tskey-auth-${fill("alnum", 12)}-${fill("alnum", 20)}`,
  `hf_${fill("alnum", 34).replace(/[0-9]/g, "x")}`,
];

for (const flood of FLOODS) {
  Deno.test(`a flood of ${flood.slice(0, 24)} takes linear time`, async () => {
    const text = `${flood} `.repeat(Math.ceil((256 << 10) / flood.length));
    const from = performance.now();
    const [ranges] = await scan([text], { learned: new LearnedSecrets(), rules });
    assert.ok(ranges!.length >= text.length / (flood.length + 1) - 1, String(ranges!.length));
    // 0.2 s; were each finding compared with each, 3 s and more.
    assert.ok(performance.now() - from < 2000);
  });
}
