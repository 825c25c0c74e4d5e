import assert from "node:assert/strict";
import { merge, type Range } from "../range.ts";
import { LearnedSecrets } from "../learned.ts";
import { scan } from "../scan.ts";
import { Anchors, RULES } from "./anchors.ts";
import { EXAMPLES, fill, rulesWithoutExample } from "../testdata/examples.ts";

const anchors = new Anchors();

function find(text: string): Range[] {
  const found: Range[] = [];
  anchors.find(text, found);
  return merge(found);
}

function secretsOf(text: string): string[] {
  return find(text).map(({ from, to }) => text.slice(from, to));
}

Deno.test("every kind of rule has an example", () => assert.deepEqual(rulesWithoutExample(), []));

for (const { kind, text, secret } of EXAMPLES) {
  Deno.test(`rule ${kind} finds ${text.slice(0, 40).replaceAll("\n", " ")}`, () => {
    const at = text.indexOf(secret);
    const found = find(text).filter(({ from, to }) => from <= at && at + secret.length <= to);
    assert.equal(found.length, 1, JSON.stringify([text, secretsOf(text)]));
  });
}

Deno.test("every rule alone finds an example of its own kind", () => {
  for (const rule of RULES) {
    const alone = new Anchors([rule]);
    const hits = EXAMPLES.filter(({ kind, text }) => {
      const found: Range[] = [];
      if (kind === rule.kind) alone.find(text, found);
      return found.length > 0;
    });
    assert.ok(hits.length > 0, `${rule.kind} ${rule.pattern}`);
  }
});

Deno.test("a key is found wherever it stands: at the edges, in quotation marks, brackets, after = and in HTML", () => {
  const key = `sk-proj-${fill("word", 60)}`;
  const around = ["", '"', "'", "`", "(", "[", "<b>", "key=", "a:", "\n", "/", "é", "\0"];
  for (const before of around) {
    for (const after of ["", '"', "'", "`", ")", "]", "</b>", "&x=1", ",", ".", "\n", "/", "é", "\0"]) {
      assert.deepEqual(secretsOf(before + key + after), [key]);
    }
  }
});

/** What an agent's texts are full of and must not lose. */
const LOOK_ALIKES = [
  "0f8fad5b-d9cb-469f-a165-70867728950e",
  "commit 3f786850e387550fdab836ed7e6dc881de23001b",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
  `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4${fill("base64", 2000)}`,
  "msg_01XFDUDYJgAACzvnptvVoYEL",
  "toolu_01A09q90qw90lq917835lq9",
  "call_abc123DEF456ghi789JKL012",
  "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
  "rs_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
  "fc_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
  "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
  "req_011CQxKn9RZUa1bJkdU9oHhP",
  "gen-1712345678-aBcDeFgHiJkLmNoPqRsT",
  "user_abc_account__session_0f8fad5b-d9cb-469f-a165-70867728950e",
  "thread_abc123DEF456 run_abc123 asst_abc123 file-abc123DEF456ghi789",
  "rollout-2025-08-05T12-34-56-0f8fad5b-d9cb-469f-a165-70867728950e.jsonl",
  "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  'ETag: "33a64df551425fcc55e4d42a148795d9f25f89d4"',
  '!function(e,t){"object"==typeof exports&&"undefined"!=typeof module?t(exports):e.key=t.token}(this,function(e){e.a=1});',
  "const token = await getToken(user.id, 42);",
  "api_key=os.environ['OPENAI_API_KEY1']",
  "token = process.env.GITHUB_TOKEN2",
  "password=self.password1, token=settings.TOKEN2",
  "api_key: ${{ secrets.API_KEY_1 }}",
  'apiKey: "YOUR_API_KEY"',
  'client = OpenAI(api_key="your-api-key-here")',
  "Authorization: Bearer <token>",
  "Authorization: Bearer ${TOKEN}",
  "OPENAI_API_KEY=xxxxxxxxxxxx",
  "OPENAI_API_KEY=$(cat key)",
  "export PATH=/usr/bin:/bin PWD=/home/u/project OLDPWD=/tmp",
  '"type": "object", "properties": {"password": {"type": "string"}, "token": {"type": "string"}}',
  '"required": ["token", "password", "api_key"]',
  '"bos_token": "<s>", "eos_token": "</s1234567>"',
  '"max_tokens": 4096, "input_tokens": 123456, "cache_creation_input_tokens": 12345678',
  "the token count was 12345; tokens: 123456; tokenizer=cl100k_base",
  "keyboard: us101, keyframes 24fps, monkey: 12345678, turkey = ab12cd34",
  "primary key: user_id_1, foreign key is order_2_id",
  ".sk-toggleable__content.sk-container-id-1-x div.sk-estimator-doc-link-2",
  "risk-assessment-2024-report-final-version task-sk-1/sk-x disk-usage-20240101-abcdefgh",
  "git+ssh://git@github.com/owner/repo.git#semver:1.2.3",
  "https://registry.npmjs.org/@scope/pkg/-/pkg-1.2.3.tgz",
  "http://localhost:8080/a@b:c?x=1",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@host",
  "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJB\n-----END PUBLIC KEY-----",
  "-----BEGIN CERTIFICATE-----\nMIIBszCCARwCCQD\n-----END CERTIFICATE-----",
  "certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJzekNDQVJ3Q0NRRAo0123456789",
  "docker run -u 1000:1000 --user 1000 image",
  "12:34:56 INFO [main] c.e.App - started in 1.234 s; build 5432:main",
  "    password=password,\n    token=token,\n)",
  "  auth=(user, password)",
  "cookie = None; cookie jar, set cookie",
  "listening on 0.0.0.0:5432: ready",
  "arn:aws:iam::123456789012:role/x",
  '"signature":"EqQBCkYIBRgCIkDZ2a0xL1mN2pQ4rS6tU8vW0xYzAcCeGiKmOqSuWy1A3C5E7G9I1K3M5O7Q9=="',
  '"encrypted_content":"gAAAAABoISQ24OyVRYbkYfukdJoqdzWT-3uiErKInHDC-lgAaXeky44N77j7aibc"',
  "x?code=404&state=abc",
  "cookie: none; cookies are used",
  "basic authentication is described in RFC7617 and basic understanding2 suffices",
  "key is pressed1 and the secret is out, the password is wrong, token is invalid",
  "login: bob, password: required",
  "pages: 1/1234567890:x, v1.0-beta, sl.A, r8_, hf_transfer, hf_hub_download, npm_config_registry_url_default",
  "sess-1, pat-na1, key-value-pairs-with-many-words, sdk-version-1.2.3-abcdef, mob-1",
  "heroku create; cloudflare workers key concepts: durable-objects and-more-words-here-1",
  "SKU SKa1 EAAB EZAK pul-request-0123",
];

for (const text of LOOK_ALIKES) {
  Deno.test(`rules leave ${text.slice(0, 60).replaceAll("\n", " ")}`, () =>
    assert.deepEqual(secretsOf(text), []));
}

Deno.test("with the linter's rules too, what looks alike stays", async () => {
  const verdicts = await scan(LOOK_ALIKES, { learned: new LearnedSecrets(), rules: anchors });
  assert.deepEqual(LOOK_ALIKES.filter((_, i) => verdicts[i]?.length !== 0), []);
});

Deno.test("the project's own sources hold hardly anything that looks like a secret", () => {
  const folder = new URL("../../protocol/", import.meta.url);
  // Tests hold cookies and keys on purpose.
  const walk = (at: URL): string[] =>
    [...Deno.readDirSync(at)].filter(({ name }) => !/_test\.ts$|^testdata$/.test(name)).flatMap((
      { name, isDirectory },
    ) => isDirectory ? walk(new URL(`${name}/`, at)) : [Deno.readTextFileSync(new URL(name, at))]);
  const found = walk(folder).flatMap(secretsOf);
  assert.ok(found.length <= 3, JSON.stringify(found));
});

Deno.test("time is linear: an anchor costs the same in a long text of anchors", () => {
  const words = [...new Set([...RULES.flatMap((rule) => rule.anchors), ...EXAMPLES.map(({ text }) => text)])];
  const slow: string[] = [];
  for (const word of words) {
    for (const joint of ["", " ", "=", ": ", "a", "."]) {
      const text = (word + joint).repeat(Math.ceil(8192 / (word.length + joint.length)));
      const from = performance.now();
      find(text);
      // 8 KiB of the costliest anchors take 10 ms; were it quadratic in the text, 1 s.
      if (performance.now() - from > 250) slow.push(word + joint);
    }
  }
  assert.deepEqual(slow, []);
});
