/** Leaks as they happen: what agents really run, read, print and send, in the events that show it. */
import assert from "node:assert/strict";
import type { Draft } from "../event.ts";
import { Redactor } from "./redactor.ts";
import { call, delta, exchange, exec, mcp, opened, SECRET, tool } from "./testdata/drafts.ts";
import { fill } from "./testdata/examples.ts";

const OPENAI = `sk-proj-${fill("word", 100)}`;
const ANTHROPIC = `sk-ant-api03-${fill("word", 93)}AA`;
const GITHUB = `ghp_${fill("alnum", 36)}`;
const AWS_ID = `AKIA${fill("upper", 16)}`;
const AWS = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzQ3mKp9A2b";
const OPAQUE = fill("alnum", 32, 7);
const HEX = fill("hex", 32, 3);
const PASSWORD = "hunter2!";
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${fill("word", 43)}`;
const PEM_LINES = [fill("base64", 64, 1), fill("base64", 64, 2), fill("base64", 30, 3)];
const pem = (type: string, joint: string) =>
  [`-----BEGIN ${type}-----`, ...PEM_LINES, `-----END ${type}-----`, ""].join(joint);

function toolResult(response: unknown): Draft {
  const draft = call("x");
  const messages = [{ role: "tool", parts: [{ type: "tool_call_response" as const, id: "t1", response }] }];
  return { ...draft, request: { ...draft.request, messages } };
}

function failed(message: string): Draft {
  return { ...call("x"), error: { type: "invalid_request_error", message } };
}

/** JSON text as it stands in the JSON text of a tool's arguments, so many times over. */
function nested(value: unknown, levels: number): string {
  let text = JSON.stringify(value);
  for (let i = 1; i < levels; i++) text = JSON.stringify({ body: text });
  return text;
}

const unicode = (text: string) =>
  [...text].map((c) => /[a-z0-9]/i.test(c) ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join(
    "",
  );
const percent = (text: string) =>
  [...text].map((c) => /[a-z0-9]/i.test(c) ? c : `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join(
    "",
  );

/** what happens, the event, what must be gone, and some of what must stay. */
const LEAKS: readonly (readonly [string, Draft, string, string])[] = [
  // Command lines.
  ["curl -H", exec("curl", "-sH", `Authorization: Bearer ${OPAQUE}`, "https://h/v1"), OPAQUE, "https://h/v1"],
  [
    "curl --header=",
    exec("curl", `--header=X-Api-Key: ${PASSWORD}`, "https://h"),
    PASSWORD,
    "--header=X-Api-Key",
  ],
  ["curl -u", exec("curl", "-u", `bob:${PASSWORD}`, "https://h"), PASSWORD, "bob:"],
  ["curl --oauth2-bearer", exec("curl", "--oauth2-bearer", OPAQUE, "https://h"), OPAQUE, "--oauth2-bearer"],
  ["curl -b", exec("curl", "-b", `sid=${OPAQUE}; theme=dark`, "https://h"), OPAQUE, "https://h"],
  ["curl -d", exec("curl", "-d", `grant_type=password&user=bob&password=${PASSWORD}`), PASSWORD, "user=bob"],
  ["curl in bash -c", exec("bash", "-c", `curl -u bob:${PASSWORD} https://h && ls`), PASSWORD, "&& ls"],
  ["docker run -e", exec("docker", "run", "-e", `DB_PASSWORD=${PASSWORD}`, "img"), PASSWORD, "DB_PASSWORD="],
  ["docker run -eX", exec("docker", "run", `-eMY_TOKEN=${PASSWORD}`, "img"), PASSWORD, "img"],
  ["docker build", exec("docker", "build", "--build-arg", `NPM_TOKEN=${OPAQUE}`, "."), OPAQUE, "--build-arg"],
  ["docker login -p", exec("docker", "login", "-u", "bob", "-p", PASSWORD, "ghcr.io"), PASSWORD, "ghcr.io"],
  ["docker login in text", tool("docker login -u bob --password hunter2! ghcr.io"), PASSWORD, "ghcr.io"],
  ["mysql -p", exec("/usr/bin/mysql", "-uroot", `-p${PASSWORD}`, "db"), PASSWORD, "-uroot"],
  ["sshpass", exec("sshpass", "-p", PASSWORD, "ssh", "h"), PASSWORD, "ssh"],
  ["redis-cli -a", exec("redis-cli", "-a", PASSWORD, "ping"), PASSWORD, "ping"],
  ["psql URL", exec("psql", `postgresql://bob:${PASSWORD}@db:5432/app`), PASSWORD, "@db:5432/app"],
  ["aws configure set", exec("aws", "configure", "set", "aws_secret_access_key", AWS), AWS, "configure"],
  [
    "kubectl create secret",
    exec("kubectl", "create", "secret", "generic", "s", `--from-literal=password=${PASSWORD}`),
    PASSWORD,
    "--from-literal=password=",
  ],
  ["helm --set", exec("helm", "install", "--set", `auth.password=${PASSWORD}`), PASSWORD, "auth.password="],
  ["env", exec("env", `ANTHROPIC_API_KEY=${PASSWORD}`, "claude"), PASSWORD, "claude"],
  [
    "git clone",
    exec("git", "clone", `https://x-access-token:${OPAQUE}@github.com/o/r`),
    OPAQUE,
    "@github.com/o/r",
  ],
  [
    "git -c",
    exec("git", "-c", `http.extraheader=AUTHORIZATION: basic ${btoa("x:" + OPAQUE)}`, "fetch"),
    btoa("x:" + OPAQUE),
    "fetch",
  ],
  [
    "npm config",
    exec("npm", "config", "set", "//registry.npmjs.org/:_authToken", OPAQUE),
    OPAQUE,
    "_authToken",
  ],
  ["prompt in argv", exec("claude", "-p", `use the key ${OPENAI} please`), OPENAI, "please"],
  ["openssl pass:", exec("openssl", "rsa", "-passin", `pass:${PASSWORD}`), PASSWORD, "-passin"],
  ["vercel --token", exec("vercel", "deploy", "--token", OPAQUE), OPAQUE, "deploy"],
  // What tools are told, and what they print.
  ["export", tool({ command: `export STRIPE_SECRET=${PASSWORD} && make` }), PASSWORD, "make"],
  [
    "HTTP_PROXY",
    tool({ command: `HTTPS_PROXY=http://bob:${PASSWORD}@proxy:3128 curl https://h` }),
    PASSWORD,
    "@proxy:3128",
  ],
  ["cat .env", toolResult(`PORT=3000\nDB_PASSWORD="${PASSWORD}"\nDEBUG=1\n`), PASSWORD, "DEBUG=1"],
  ["cat .env, exported", toolResult(`export JWT_SECRET='${PASSWORD}'\nX=1`), PASSWORD, "X=1"],
  ["printenv as JSON", toolResult({ env: { GH_TOKEN: PASSWORD, HOME: "/root" } }), PASSWORD, "/root"],
  [
    "git remote -v",
    toolResult(`origin\thttps://bob:${GITHUB}@github.com/o/r.git (fetch)`),
    GITHUB,
    "(fetch)",
  ],
  [
    "git remote, token only",
    toolResult(`origin\thttps://${OPAQUE}@git.local/o/r.git (push)`),
    OPAQUE,
    "(push)",
  ],
  [".git-credentials", toolResult(`https://bob:${OPAQUE}@git.local\n`), OPAQUE, "@git.local"],
  [
    "python code",
    tool({ content: `headers = {"Authorization": "Bearer ${OPAQUE}"}\nrequests.get(u)` }),
    OPAQUE,
    "requests.get",
  ],
  ["python client", tool({ content: `client = Anthropic(api_key="${OPAQUE}")` }), OPAQUE, "Anthropic("],
  ["JavaScript code", tool({ content: `const apiKey = '${OPAQUE}';\nrun()` }), OPAQUE, "run()"],
  [
    "Go code",
    tool({ content: `req.Header.Set("Authorization", "Bearer ${OPAQUE}")` }),
    OPAQUE,
    "req.Header.Set",
  ],
  [
    "aws configure",
    toolResult(`AWS Access Key ID [None]: ${AWS_ID}\nAWS Secret Access Key [None]: ${AWS}\nDefault region`),
    AWS,
    "Default region",
  ],
  ["aws configure's id", toolResult(`AWS Access Key ID [None]: ${AWS_ID}\n`), AWS_ID, "AWS Access Key ID"],
  [
    "~/.aws/credentials",
    toolResult(`[default]\naws_access_key_id = ${AWS_ID}\naws_secret_access_key = ${AWS}\n`),
    AWS,
    "[default]",
  ],
  [
    "aws sts JSON",
    toolResult(
      JSON.stringify({ Credentials: { SecretAccessKey: AWS, SessionToken: `${OPAQUE}${OPAQUE}==` } }),
    ),
    AWS,
    "Credentials",
  ],
  [
    "aws keys as CSV",
    toolResult(`Access key ID,Secret access key\n${AWS_ID},${AWS}\n`),
    AWS,
    "Access key ID",
  ],
  [
    "kubectl config view",
    toolResult(
      `users:\n- name: a\n  user:\n    client-key-data: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt${OPAQUE}\n    x: 1`,
    ),
    OPAQUE,
    "x: 1",
  ],
  ["kubectl token", toolResult(`users:\n- name: a\n  user:\n    token: ${OPAQUE}\n`), OPAQUE, "- name: a"],
  [
    "kubectl secret",
    toolResult(JSON.stringify({ kind: "Secret", data: { password: "aHVudGVy" } })),
    "aHVudGVy",
    "Secret",
  ],
  ["k8s manifest", toolResult(`env:\n  - name: DB_PASSWORD\n    value: ${PASSWORD}\n`), PASSWORD, "env:"],
  [
    "docker config",
    toolResult(JSON.stringify({ auths: { "ghcr.io": { auth: btoa(`bob:${PASSWORD}`) } } }, null, 2)),
    btoa(`bob:${PASSWORD}`),
    "ghcr.io",
  ],
  [
    "docker-compose",
    toolResult(`environment:\n  POSTGRES_PASSWORD: ${PASSWORD}\n  POSTGRES_USER: bob\n`),
    PASSWORD,
    "POSTGRES_USER: bob",
  ],
  ["cat ~/.ssh/id_rsa", toolResult(pem("OPENSSH PRIVATE KEY", "\n")), PEM_LINES[1] as string, "private-key"],
  [
    "key in JSON",
    toolResult(JSON.stringify({ type: "service_account", private_key: pem("PRIVATE KEY", "\n") })),
    PEM_LINES[1] as string,
    "service_account",
  ],
  [
    "key in JSON in JSON",
    tool(nested({ private_key: pem("PRIVATE KEY", "\n") }, 2)),
    PEM_LINES[1] as string,
    "body",
  ],
  ["PGP key", toolResult(pem("PGP PRIVATE KEY BLOCK", "\n")), PEM_LINES[0] as string, "private-key"],
  [
    "key with Windows ends",
    toolResult(pem("RSA PRIVATE KEY", "\r\n")),
    PEM_LINES[2] as string,
    "private-key",
  ],
  ["grep -n of a key", toolResult(pem("EC PRIVATE KEY", "\n12:")), PEM_LINES[1] as string, "private-key"],
  [
    "age key",
    toolResult(`# created\nAGE-SECRET-KEY-1${fill("upper", 58)}\n`),
    fill("upper", 58),
    "# created",
  ],
  [
    "npm publish log",
    toolResult(`npm verb //registry.npmjs.org/:_authToken=${OPAQUE}\nnpm notice`),
    OPAQUE,
    "npm notice",
  ],
  [
    ".npmrc",
    toolResult(`registry=https://r/\n_auth="${btoa("bob:" + PASSWORD)}"\n`),
    btoa("bob:" + PASSWORD),
    "registry=https://r/",
  ],
  [
    ".pypirc",
    toolResult(`[pypi]\nusername = __token__\npassword = pypi-AgEI${fill("word", 60)}\n`),
    fill("word", 60),
    "[pypi]",
  ],
  [
    ".netrc",
    toolResult(`machine api.heroku.com\n  login bob@x.y\n  password ${PASSWORD}\n`),
    PASSWORD,
    "api.heroku.com",
  ],
  [".pgpass", toolResult(`db.local:5432:app:bob:${PASSWORD}\n`), PASSWORD, "db.local:5432"],
  [
    "~/.codex/auth.json",
    toolResult(JSON.stringify({ tokens: { id_token: JWT, refresh_token: `rt_${OPAQUE}` } })),
    OPAQUE,
    "tokens",
  ],
  [
    "~/.claude/.credentials.json",
    toolResult(JSON.stringify({ claudeAiOauth: { accessToken: `sk-ant-oat01-${OPAQUE}` } })),
    OPAQUE,
    "claudeAiOauth",
  ],
  ["terraform output", toolResult(`db_password = "${PASSWORD}"\nurl = "x"`), PASSWORD, "url ="],
  [
    "django settings",
    toolResult(`SECRET_KEY = 'django-insecure-${OPAQUE}'\nDEBUG = True`),
    OPAQUE,
    "DEBUG = True",
  ],
  ["JDBC", toolResult(`jdbc:mysql://h/db?user=bob&password=${PASSWORD}&ssl=true`), PASSWORD, "ssl=true"],
  [
    "ADO",
    toolResult(`Server=h;Database=d;User Id=bob;Password=${PASSWORD};Encrypt=true`),
    PASSWORD,
    "Encrypt=true",
  ],
  [
    "Azure storage",
    toolResult(`DefaultEndpointsProtocol=https;AccountKey=${fill("base64", 86)}==;EndpointSuffix=c`),
    fill("base64", 86),
    "EndpointSuffix=c",
  ],
  [
    "curl -v",
    toolResult(`> GET / HTTP/1.1\n> Authorization: Basic ${btoa("bob:" + PASSWORD)}\n> Accept: */*`),
    btoa("bob:" + PASSWORD),
    "Accept: */*",
  ],
  [
    "curl -v cookies",
    toolResult(`< Set-Cookie: sid=${OPAQUE}; Path=/; HttpOnly\n< Server: x`),
    OPAQUE,
    "Server: x",
  ],
  [
    "HAR",
    toolResult({ headers: [{ name: "Authorization", value: `Bearer ${PASSWORD}` }] }),
    PASSWORD,
    "Bearer [redacted",
  ],
  [
    "MCP server's environment",
    tool({ mcpServers: { x: { command: "npx", env: { SLACK_TOKEN: PASSWORD } } } }),
    PASSWORD,
    "npx",
  ],
  [
    "a header's values in a list",
    tool({ headers: { Authorization: [`Bearer ${PASSWORD}`] } }),
    PASSWORD,
    "Bearer [red",
  ],
  ["a password of digits", tool({ password: 12345678 }), "12345678", "password"],
  [
    "requests with auth",
    tool({ content: `requests.get(u, auth=("bob", "${PASSWORD}"))` }),
    PASSWORD,
    "requests.get",
  ],
  [".my.cnf", toolResult("[client]\nuser=bob\npassword=correcthorse\nport=1"), "correcthorse", "port=1"],
  ["MCP arguments", mcp({ params: { name: "login", arguments: { password: PASSWORD } } }), PASSWORD, "login"],
  [
    "MCP result",
    mcp({ result: { content: [{ type: "text", text: JSON.stringify({ api_key: OPAQUE }) }] } }),
    OPAQUE,
    "content",
  ],
  [
    "MCP error",
    mcp({ error: { code: -1, message: `401 for Authorization: Bearer ${OPAQUE}` } }),
    OPAQUE,
    "401 for",
  ],
  [
    "MCP structured content",
    mcp({ result: { structuredContent: { env: { GH_TOKEN: PASSWORD } } } }),
    PASSWORD,
    "env",
  ],
  ["MCP endpoint", mcp({}), SECRET, "https://h/mcp?key="],
  // Text of models.
  [
    "presigned S3 URL",
    call(
      `here: https://b.s3.amazonaws.com/o?X-Amz-Credential=${AWS_ID}%2F2025&X-Amz-Signature=${HEX}${HEX} done`,
    ),
    HEX,
    "done",
  ],
  [
    "presigned GCS URL",
    call(`https://storage.googleapis.com/b/o?X-Goog-Signature=${HEX}${HEX} done`),
    HEX,
    "done",
  ],
  [
    "Azure SAS",
    call(`https://a.blob.core.windows.net/c/b?sv=2022-11-02&sp=r&sig=${OPAQUE}%3D done`),
    OPAQUE,
    "sv=2022-11-02",
  ],
  ["prose", call(`The password is ${PASSWORD}, change it.`), PASSWORD, "change it."],
  ["markdown", call(`Use \`${ANTHROPIC}\` as the key.`), ANTHROPIC, "as the key."],
  [
    "webhook",
    call(`POST to https://hooks.slack.com/services/T01234567/B01234567/${fill("alnum", 24)} now`),
    fill("alnum", 24),
    "hooks.slack.com",
  ],
  // Escapes and encodings.
  ["escaped quotation marks", tool(nested({ password: PASSWORD }, 2)), PASSWORD, "body"],
  ["three levels of JSON", tool(nested({ apiKey: OPAQUE }, 3)), OPAQUE, "body"],
  ["newline escape before a key", tool(`{"text":"the key is\\n${OPENAI}"}`), OPENAI, "the key is"],
  ["unicode escapes", tool(`{"key":"${unicode(OPENAI)}"}`), unicode(OPENAI).slice(0, 60), '\\"key\\"'],
  ["percent escapes", tool(`curl "https://h/?next=%2Fx%3Ftoken%3D${OPAQUE}%26a%3D1"`), OPAQUE, "https://h/"],
  ["a key percent-encoded", tool(`https://h/${percent(ANTHROPIC)}/x`), percent(ANTHROPIC).slice(0, 40), "/x"],
  [
    "slash escapes",
    tool(`{"SecretAccessKey":"${AWS.replaceAll("/", "\\/")}"}`),
    "wJalrXUtnFEMI",
    "SecretAccessKey",
  ],
  // Where else text of others stands.
  ["query of an exchange", exchange({}, `https://h/v1?alt=sse&key=${OPAQUE}`), OPAQUE, "alt=sse"],
  [
    "path of an exchange",
    exchange({}, `https://api.telegram.org/bot123456789:AA${fill("word", 33)}/sendMessage`),
    fill("word", 33),
    "/sendMessage",
  ],
  ["login of an exchange", exchange({}, `https://bob:${PASSWORD}@h/v1`), PASSWORD, "@h/v1"],
  ["redirect", exchange({ location: `https://h/cb?code=${OPAQUE}&state=1` }), OPAQUE, "state=1"],
  ["azure header", exchange({ "ocp-apim-subscription-key": PASSWORD }), PASSWORD, "ocp-apim"],
  ["object key", tool({ [GITHUB]: 1 }), GITHUB, "[redacted:"],
  ["path of a file", opened(`/tmp/${GITHUB}/x`), GITHUB, "/tmp/"],
  [
    "bytes of a path",
    { ...opened(`/tmp/${GITHUB}\uFFFD`), path_b64: btoa(GITHUB) } as Draft,
    btoa(GITHUB),
    "/tmp/",
  ],
  ["error text", failed(`Incorrect API key provided: ${OPENAI}. See`), OPENAI, "See"],
  [
    "error text of a shape unknown",
    failed(`invalid header Authorization: Bearer ${OPAQUE}`),
    OPAQUE,
    "invalid header",
  ],
];

for (const [name, draft, gone, stays] of LEAKS) {
  Deno.test(`no leak: ${name}`, async () => {
    const text = JSON.stringify(await new Redactor({ level: "redacted" }).redact([draft]));
    const escaped = JSON.stringify(gone).slice(1, -1);
    assert.ok(!text.includes(escaped), text);
    assert.ok(text.includes(stays), text);
    assert.ok(text.includes("[redacted:"), text);
  });
}

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
