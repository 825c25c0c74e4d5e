/** Reports as users run them: the schema of `--json`, the newest recording, one that is written, a reader that leaves. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Store } from "../src/store/store.ts";
import { EFFECTS } from "../src/store/effects_fixture.ts";
import { llmCalled } from "../src/testdata/events.ts";
import { REPORTED } from "../src/store/reports_fixture.ts";
import { agentsight } from "./support/agentsight.ts";

const directory = Deno.makeTempDirSync({ prefix: "agentsight-reports-" });
const path = join(directory, "r.sqlite");
const META = { version: "0.1.0", started: "1", capture: "redacted" };
const written = Store.create({ path, meta: META });
written.append(REPORTED);
const effects = join(directory, "effects.sqlite");
const closed = Store.create({ path: effects, meta: META });
closed.append(EFFECTS);
closed.close();

Deno.test.afterAll(() => {
  written.close();
  Deno.removeSync(directory, { recursive: true });
});

/** Which keys a document has, and of what type; of an array its first member. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member)]));
}

const ABOUT = {
  recording: "string",
  evidence: {
    calls: "number",
    incomplete_calls: "number",
    loss: [{ class: "string", reason: "string", unit: "string", count: "number" }],
    finished: "boolean",
    capture: "string",
  },
};
const SUMS = {
  calls: "number",
  errors: "number",
  retries: "number",
  incomplete_calls: "number",
  input_tokens: "number",
  cache_read_tokens: "number",
  cache_write_tokens: "number",
  output_tokens: "number",
  reasoning_tokens: "number",
  cost_usd: "number",
  unpriced_calls: "number",
};
const GROUP = {
  name: "string",
  ...SUMS,
  agents: ["string"],
  models: ["string"],
  providers: ["string"],
  first_ts: "number",
  last_ts: "number",
};
const TOOL = {
  tool: "string",
  run_by: "string",
  name: "null",
  calls: "number",
  answered: "number",
  errors: "number",
  result_bytes: "number",
  p50_ms: "number",
  max_ms: "number",
  servers: ["string"],
  server_p50_ms: "number",
  agents: ["string"],
  models: ["string"],
  sessions: "number",
};

const documents: readonly (readonly [line: string, shape: unknown])[] = [
  ["tokens --by session", { ...ABOUT, by: "string", groups: [GROUP], total: SUMS }],
  ["tools", { ...ABOUT, by: "string", groups: [TOOL], detailed: "boolean" }],
];

for (const [line, expected] of documents) {
  Deno.test(`report ${line} --json keeps its schema`, async () => {
    const { code, stdout } = await agentsight(["report", ...line.split(" "), "--json", path]);
    assert.equal(code, 0);
    assert.deepEqual(shape(JSON.parse(stdout)), expected);
  });
}

const numbers = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, "number"]));
const FILES = {
  ...{ name: "string", pid: "null", start: "null", type: "null", agents: ["string"] },
  ...numbers("paths processes opens reads writes created removed renamed placed changed failed uncertain"),
  ...numbers("read_bytes written_bytes first_ts last_ts"),
};
const NETWORK = {
  ...{ name: "string", role: "string", pid: "null", start: "null", hosts: ["string"], addresses: ["string"] },
  ...{ ports: ["number"], transports: ["string"], error: "number", peers: [], agents: ["string"] },
  ...numbers("times failed uncertain latency_us sent_bytes received_bytes closed latency_mean_us"),
  ...numbers("latency_max_us processes first_ts last_ts"),
};
const PROCESS = {
  ...{ session: "string", comm: "string", exe: "string", argv: ["string"], cwd: "string", agent: "string" },
  ...{ container: "string", signal: "null" },
  ...numbers(
    "pid start ppid uid ended code cpu_us rss_peak_kb read_bytes written_bytes calls files connections",
  ),
  ...numbers(
    "execs execs_failed threads credentials namespaces traces signals memory_files executable_memory",
  ),
  ...numbers("kernel_code depth duration_us"),
};

const effectDocuments: readonly (readonly [line: string, shape: Record<string, unknown>])[] = [
  ["files --changed", { groups: [FILES], total: FILES }],
  ["network --limit 1", { groups: [NETWORK] }],
  ["processes --by cpu", { processes: [PROCESS] }],
];

for (const [line, expected] of effectDocuments) {
  Deno.test(`report ${line} --json keeps its schema`, async () => {
    const { code, stdout } = await agentsight(["report", ...line.split(" "), "--json", effects]);
    assert.equal(code, 0);
    assert.deepEqual(shape(JSON.parse(stdout)), { ...ABOUT, by: "string", kept: "boolean", ...expected });
  });
}

Deno.test("report prompts --json keeps its schema", async () => {
  const { code, stdout } = await agentsight(["report", "prompts", "--json", path]);
  assert.equal(code, 0);
  const { conversations, ...about } = JSON.parse(stdout);
  assert.deepEqual(shape(about), ABOUT);
  const { calls, ...head } = conversations[0];
  assert.deepEqual(shape(head), {
    conversation: "string",
    thread: "string",
    session: "string",
    agent: "string",
  });
  assert.deepEqual(Object.keys(calls[0]).sort(), [
    ...[
      "answer",
      "compacted",
      "complete",
      "continues",
      "cost_usd",
      "error",
      "gaps",
      "history_messages",
      "id",
    ],
    ...[
      "messages",
      "model",
      "operation",
      "pid",
      "provider",
      "purpose",
      "request_id",
      "retry_of",
      "seq",
      "spawned_by",
      "subagent",
      "timing",
    ],
    ...["ts", "usage"],
  ]);
});

Deno.test("a report of a recording that is being written has what was written, and says so", async () => {
  const { code, stdout, stderr } = await agentsight(["report", "tokens", path], { env: { COLUMNS: "200" } });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^total +5 +1 /m);
  assert.match(stdout, /The recording is not finished/);
});

Deno.test("report alone is the summary, of a named recording too", async () => {
  const named = await agentsight(["report", path]);
  const summary = await agentsight(["report", "summary", path]);
  assert.deepEqual([named.code, named.stdout], [0, summary.stdout]);
});

Deno.test("NO_COLOR wins over FORCE_COLOR; without either a pipe has no colours", async () => {
  const outputs = [{}, { FORCE_COLOR: "1" }, { FORCE_COLOR: "1", NO_COLOR: "1" }].map((env) =>
    agentsight(["report", "tokens", path], { env })
  );
  const coloured = (await Promise.all(outputs)).map(({ stdout }) => stdout.includes("\x1b["));
  assert.deepEqual(coloured, [false, true, false]);
});

Deno.test("a reader that leaves ends a long report without an error", async () => {
  const long = join(directory, "long.sqlite");
  const store = Store.create({ path: long, meta: META });
  store.append(Array.from({ length: 3000 }, (_, i) => llmCalled(i + 1, { answer: "word ".repeat(200) })));
  store.close();
  const main = join(import.meta.dirname!, "../main.ts");
  const script = `set -o pipefail; "$0" run -A "$1" report prompts --full "$2" | head -n 1`;
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, Deno.execPath(), main, long],
  }).output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
  assert.match(new TextDecoder().decode(stdout), /^Conversation /);
});

Deno.test("completion knows the reports and what they can be grouped by", async () => {
  const reports = await agentsight(["complete", "--", "report", ""]);
  assert.match(reports.stdout, /^tokens\t/m);
  const by = await agentsight(["complete", "--", "report", "tokens", "--by", ""]);
  assert.match(by.stdout, /^conversation/m);
});
