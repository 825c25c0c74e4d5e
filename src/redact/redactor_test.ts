import assert from "node:assert/strict";
import type { Draft } from "../event.ts";
import { PLACEHOLDER } from "./placeholder.ts";
import { type Level, Redactor } from "./redactor.ts";
import { call, delta, exchange, exec, opened, SECRET, tool } from "./testdata/drafts.ts";

const GOOGLE = "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q";

const ALNUM = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzAcCeGiKmOqSuWy1A3C5E7G9I1K3M5O7Q9";
const HEX = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

async function redacted(...batch: Draft[]): Promise<string> {
  return JSON.stringify(await new Redactor({ level: "redacted" }).redact(batch));
}

/** name, draft, what must be gone, what must stay. */
const HIDDEN: readonly [string, Draft, string, string][] = [
  ["bearer header", exchange({ Authorization: `Bearer ${SECRET}` }), SECRET, "Bearer [redacted:header:"],
  ["short header", exchange({ "x-api-key": "abc" }), '"abc"', "x-api-key"],
  ["header by suffix", exchange({ "x-vault-token": "correct-horse" }), "correct-horse", "x-vault-token"],
  ["cookie", exchange({ cookie: `a=b; sid=${SECRET}` }), SECRET, "cookie"],
  ["url key", exchange({}, `https://h/v1?alt=sse&key=${SECRET}&x=1`), SECRET, "alt=sse&key="],
  ["url signature", exchange({}, `https://h/o?X-Amz-Signature=${SECRET}`), SECRET, "X-Amz-Signature="],
  ["url userinfo", tool(`git clone https://bob:${SECRET}@host/r.git`), SECRET, "@host/r.git"],
  ["curl -H", exec("curl", "-H", `Authorization: Bearer ${SECRET}`, "https://h"), SECRET, "https://h"],
  ["curl -H joined", exec("curl", `-Hx-api-key: ${SECRET}`), SECRET, "x-api-key"],
  ["curl -u", exec("curl", "-u", `bob:${SECRET}`), SECRET, "bob:"],
  ["curl -u joined", exec("curl", `-ubob:${SECRET}`), SECRET, "-ubob:"],
  ["curl -sSu", exec("curl", "-sSu", `bob:${SECRET}`), SECRET, "bob:"],
  ["in a list of them", tool({ credentials: [{ password: "blue-horse" }] }), "blue-horse", "credentials"],
  ["in a list of lists", tool({ cookie: [["name", SECRET]] }), SECRET, "cookie"],
  ["after sudo", exec("sudo", "-n", "/usr/bin/mysql", "-phunter2"), "hunter2", "mysql"],
  ["after env", exec("env", "A=b", "sshpass", "-p", "hunter2", "ssh", "h"), "hunter2", "ssh"],
  ["unzip -P", exec("unzip", "-P", "hunter2", "a.zip"), "hunter2", "a.zip"],
  ["7z -p", exec("7z", "x", "-phunter2", "a.7z"), "hunter2", "a.7z"],
  ["openssl enc -k", exec("openssl", "enc", "-k", "hunter2"), "hunter2", "enc"],
  ["grep --color", tool(`\x1b[01;31m\x1b[K${GOOGLE}\x1b[m\x1b[K`), GOOGLE, "[redacted:"],
  ["colours amid it", tool(`\x1b[32mAPI_KEY\x1b[0m=\x1b[33mhunter22\x1b[0m`), "hunter22", "API_KEY"],
  ["colours to be printed", tool(`printf '\\033[1m${GOOGLE}\\e[0m'`), GOOGLE, "printf"],
  ["highlighted in part", tool(`AIzaSy\x1b[31m${GOOGLE.slice(6)}\x1b[0m`), GOOGLE.slice(6), "[redacted:"],
  ["--password X", exec("psql", "--password", "hunter"), "hunter", "--password"],
  ["--api-key=X", exec("x", `--api-key=hunter`), "hunter", "--api-key="],
  ["env KEY=VALUE", exec("env", "OPENAI_API_KEY=hunter22", "x"), "hunter22", "OPENAI_API_KEY="],
  ["sh -c", exec("sh", "-c", `curl -H 'x-api-key: ${SECRET}' https://h`), SECRET, "https://h"],
  ["sh -c export", exec("sh", "-c", `export MY_TOKEN=${SECRET}; ls`), SECRET, "; ls"],
  ["tool input key", tool({ a: [{ password: "hunter" }] }), "hunter", "password"],
  ["tool input argv", tool({ command: ["curl", "-H", "x-api-key: hunter22"] }), "hunter22", "curl"],
  ["tool input JSON text", tool(`{"api_key": "${SECRET}"}`), SECRET, "api_key"],
  ["escaped JSON text", tool(JSON.stringify({ body: `{"api_key":"${SECRET}"}` })), SECRET, "api_key"],
  ["object key", tool({ [GOOGLE]: 1 }), GOOGLE, "[redacted:"],
  ["path", opened(`/tmp/${GOOGLE}/x`), GOOGLE, "/tmp/"],
  ["usage and every part", call(`see ${GOOGLE} ok`), GOOGLE, "see [redacted:"],
  [
    "key cut off",
    tool(`-----BEGIN OPENSSH PRIVATE KEY-----\n${ALNUM}\n${ALNUM}`),
    ALNUM,
    "[redacted:private",
  ],
  ["endpoint", call("x"), SECRET, "https://h/v1?key="],
];

for (const [name, draft, gone, stays] of HIDDEN) {
  Deno.test(`redact hides a secret: ${name}`, async () => {
    const before = JSON.stringify(draft);
    const text = await redacted(draft);
    assert.ok(!text.includes(gone), text);
    assert.ok(text.includes(stays), text);
    assert.equal(JSON.stringify(draft), before, "input was changed");
  });
}

const TOKENS: readonly (readonly [string, string])[] = [
  ["anthropic", `sk-ant-api03-${ALNUM}${ALNUM.slice(0, 27)}AA`],
  ["anthropic oauth", `sk-ant-oat01-${ALNUM}`],
  ["openai project", `sk-proj-${ALNUM}`],
  ["openai classic", `sk-${ALNUM.slice(0, 48)}`],
  ["openrouter", `sk-or-v1-${HEX}`],
  ["google", GOOGLE],
  ["google oauth", `ya29.${ALNUM}`],
  ["xai", `xai-${ALNUM}`],
  ["groq", `gsk_${ALNUM.slice(0, 52)}`],
  ["hugging face", `hf_${ALNUM.slice(0, 34)}`],
  ["aws id", "AKIAIOSFODNN7EXAMPLE"],
  ["aws session id", "ASIAIOSFODNN7EXAMPL2"],
  ["github", `ghp_${ALNUM.slice(0, 36)}`],
  ["gitlab", `glpat-${ALNUM.slice(0, 20)}`],
  ["slack", `xoxb-123456789012-123456789012-${ALNUM.slice(0, 24)}`],
  ["npm", `npm_${ALNUM.slice(0, 36)}`],
  ["pypi", `pypi-AgEIcHlwaS5vcmc${ALNUM}`],
  ["perplexity", `pplx-${ALNUM.slice(0, 48)}`],
  ["jwt", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${ALNUM.slice(0, 43)}`],
  ["rsa key", `-----BEGIN RSA PRIVATE KEY-----\n${ALNUM}\n${ALNUM}\n-----END RSA PRIVATE KEY-----`],
  ["key in JSON", `-----BEGIN PRIVATE KEY-----\\n${ALNUM}\\n${ALNUM}\\n-----END PRIVATE KEY-----`],
  ["over-long token", `sk-${ALNUM.repeat(20)}`],
];

for (const [name, token] of TOKENS) {
  Deno.test(`redact knows the format: ${name}`, async () => {
    const [out] = await new Redactor({ level: "redacted" }).redact([tool({ out: `a ${token} z` })]);
    assert.ok(out?.kind === "tool.call");
    const text = (out.input as { out: string }).out;
    assert.match(text, /^a \[redacted:[a-z0-9-]+:[0-9a-f]{8}\] z$/);
  });
}

const KEPT = [
  "the token count was 12345 and max_tokens: 4096",
  "const api_key = os.environ['ANTHROPIC_API_KEY']",
  'curl -H "Authorization: Bearer $TOKEN" https://h/v1',
  "/usr/lib/x86_64-linux-gnu/libssl.so.3",
  "docker run -u 1000:1000 image",
  "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "password: required",
  "/home/u/.cache/deno/npm/registry.npmjs.org/task-sk-1/sk-x",
  "KEY=$(cat /run/key)",
  "input_tokens: 123456, cache_read_input_tokens=99999999",
];

for (const text of KEPT) {
  Deno.test(`redact leaves ordinary text: ${text}`, async () => {
    const batch = [tool({ text }), opened(text)];
    assert.deepEqual(await new Redactor({ level: "redacted" }).redact(batch), batch);
  });
}

Deno.test("a header's value is found everywhere afterwards and in the same batch, as one placeholder", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const [first, , third] = await redactor.redact([
    opened(`/tmp/${SECRET}.txt`),
    exchange({ "x-api-key": SECRET }),
    tool({ deep: [SECRET] }),
  ]);
  const [later] = await redactor.redact([exec("echo", `<${SECRET}>`)]);
  const all = JSON.stringify([first, third, later]);
  assert.ok(!all.includes(SECRET), all);
  assert.equal(new Set(all.match(PLACEHOLDER)).size, 1);
});

Deno.test("a clean string is checked again once its secret is known", async () => {
  const redactor = new Redactor({ level: "redacted" });
  assert.ok(JSON.stringify(await redactor.redact([opened(`/a/${SECRET}`)])).includes(SECRET));
  await redactor.redact([exchange({ authorization: `Bearer ${SECRET}` })]);
  assert.ok(!JSON.stringify(await redactor.redact([opened(`/a/${SECRET}`)])).includes(SECRET));
});

Deno.test("equal secrets stay equal, different ones differ, and a second pass changes nothing", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const once = await redactor.redact([
    tool({ a: GOOGLE, b: GOOGLE, c: GOOGLE.replace("A1b2", "Z9y8") }),
    exchange({ authorization: `Bearer ${SECRET}`, cookie: "sid=1" }, `https://h?key=${SECRET}`),
    exec("x", "--password", "hunter"),
  ]);
  assert.equal(new Set(JSON.stringify(once[0]).match(PLACEHOLDER)).size, 2);
  assert.deepEqual(await redactor.redact(once), once);
});

Deno.test("bytes of a name are dropped when the name held a secret", async () => {
  const path = `/tmp/${GOOGLE}\uFFFD`;
  const text = await redacted({ ...opened(path), path_b64: btoa(GOOGLE) } as Draft);
  assert.ok(!text.includes("path_b64"), text);
});

Deno.test("a comment in hostile text cannot switch the rules off", async () => {
  const token = `ghp_${ALNUM.slice(0, 36)}`;
  const text = await redacted(tool("/* secretlint-disable */"), tool(`// secretlint-disable-line ${token}`));
  assert.ok(!text.includes(token), text);
});

Deno.test("text that cannot be checked is replaced and counted, the rest is kept", async () => {
  const lint = (text: string) =>
    text.includes("poison") ? Promise.reject(new Error("rule")) : Promise.resolve([]);
  const redactor = new Redactor({ level: "redacted", lint });
  const out = await redactor.redact([opened("/fine/one"), opened("/a/poison"), opened("/fine/two")]);
  assert.deepEqual(out.map((e) => e.kind === "file.open" ? e.path : ""), [
    "/fine/one",
    "[redaction failed]",
    "/fine/two",
  ]);
  assert.equal(redactor.failures, 1);
});

Deno.test("nesting without end is cut, not a stack overflow", async () => {
  const deep = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
  assert.ok((await redacted(tool(deep))).includes("[nested too deep]"));
});

function shown(events: readonly Draft[]): string {
  return events.map((event) => event.kind === "llm.delta" ? event.text : "").join("");
}

Deno.test("live text: a secret cut anywhere into two or into single characters never shows", async () => {
  const secrets = [GOOGLE, `sk-proj-${ALNUM}`, TOKENS[19]?.[1] as string];
  for (const secret of secrets) {
    const text = `first ${secret} then Authorization: Bearer ${SECRET} end`;
    const cuts = [...Array(text.length).keys()].filter((i) => i % 7 === 0)
      .map((i) => [text.slice(0, i), text.slice(i)]);
    for (const parts of [...cuts, [...text]]) {
      const redactor = new Redactor({ level: "redacted" });
      const out: Draft[] = [];
      for (const part of parts) out.push(...await redactor.redact([delta(part)]));
      out.push(...await redactor.redact([call("x")]));
      const live = shown(out);
      assert.ok(live.startsWith("first [redacted:") && live.endsWith("] end"), live);
      for (let i = 0; i + 12 <= secret.length; i++) assert.ok(!live.includes(secret.slice(i, i + 12)), live);
      assert.ok(!live.includes(SECRET), live);
      assert.equal(out.at(-1)?.kind, "llm.call");
    }
  }
});

Deno.test("live text: ordinary text arrives whole, in order, before its call", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const out = await redactor.redact([
    delta("Hel"),
    delta("lo wor"),
    delta("other", "c2"),
    delta("ld"),
    call("x"),
  ]);
  assert.deepEqual(out.map((e) => e.kind === "llm.delta" ? e.text : e.kind), ["Hello ", "world", "llm.call"]);
  assert.equal(shown(await redactor.redact([delta(" call 2 ", "c2")])), "other call 2 ");
});

Deno.test("live text: an unbroken run over 4 KiB is left out and never shown in part", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const out: Draft[] = [];
  for (const part of ["go ", "x".repeat(3000), "y".repeat(3000), SECRET, " done ", "."]) {
    out.push(...await redactor.redact([delta(part)]));
  }
  out.push(...await redactor.redact([call("x")]));
  assert.equal(shown(out), "go [long text, shown when the call is complete] done .");
});

Deno.test("live text: a key block that never ends hides at most its bound", async () => {
  const redactor = new Redactor({ level: "redacted" });
  const out = await redactor.redact([
    delta("a -----BEGIN PRIVATE KEY-----\n"),
    delta("Q".repeat(70_000)),
    delta(" b "),
  ]);
  assert.equal(shown(out), "a [redacted:private-key] b ");
});

Deno.test("level full passes everything, level meta keeps no text", async () => {
  const batch = [delta("hello "), call(GOOGLE), tool({ a: 1 }), exchange({ a: "b" }, "https://h/p?q=1")];
  const at = (level: Level) => new Redactor({ level }).redact(batch);
  assert.deepEqual(await at("full"), batch);
  const [meta, bash, http, ...more] = await at("meta");
  assert.deepEqual(more, []);
  assert.ok(meta?.kind === "llm.call" && bash?.kind === "tool.call" && http?.kind === "http.exchange");
  assert.deepEqual(meta.response, {
    id: null,
    parts: [],
    text: "",
    tool_calls: [{ id: "t1", name: "bash", input: null }],
    stop_reason: null,
  });
  assert.deepEqual(meta.request.messages, [{ role: "user", parts: [] }]);
  assert.equal(meta.endpoint, "https://h/v1");
  assert.equal(bash.input, null);
  assert.deepEqual([http.url, http.req_headers], ["https://h/p", {}]);
});
