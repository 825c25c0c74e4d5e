/** Official clients under `trace --json`: every call as the client asked it, the server answered it and the client got it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Event, LlmCalled, ToolUse } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { sdkClients, type SdkRuntime, sdkRuntimes } from "./support/sdk/sdk_clients.ts";
import { SdkModel, type Served } from "./support/sdk/sdk_model.ts";
import { TlsTee } from "./support/tls_tee.ts";

/** What a client got for a task, as it says. */
interface Told {
  readonly sdk: string;
  readonly text?: string;
  readonly tools?: readonly Partial<ToolUse>[];
  readonly failed?: string;
}

for (const runtime of sdkRuntimes) {
  bpfTest(
    `official clients on ${runtime.name}: each call is what was sent, answered and got`,
    () => check(runtime),
  );
}

async function check(runtime: SdkRuntime): Promise<void> {
  const model = new SdkModel();
  await using tee = new TlsTee(model.fetch, { alpn: ["h2", "http/1.1"] });
  const dir = Deno.makeTempDirSync({ prefix: "agentsight-sdks-" });
  const path = join(dir, "model.sock");
  const stop = new AbortController();
  const server = Deno.serve({ path, signal: stop.signal, onListen() {} }, model.fetch);
  try {
    const command = await sdkClients(runtime, { origin: tee.url, socket: path });
    const { code, events, stderr } = await agentsight(
      ["trace", "--json", "--capture", "full", "--no-server", "--no-store", "--", ...command],
      { env: { NODE_EXTRA_CA_CERTS: tee.caFile, DENO_CERT: tee.caFile } },
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(ofKind(events, "loss"), []);
    const told = stderr.split("\n").filter((line) => line.startsWith('{"sdk"'))
      .map((line): Told => JSON.parse(line));
    assert.equal(ofKind(events, "http.exchange").length, model.served.length + model.asides.length);
    assert.ok(ofKind(events, "http.exchange").some(({ version }) => version === runtime.http));
    checkCalls(events, { served: model.served, told });
  } finally {
    stop.abort();
    await server.finished;
    Deno.removeSync(dir, { recursive: true });
  }
}

function checkCalls(
  events: readonly Event[],
  { served, told }: { served: readonly Served[]; told: readonly Told[] },
): void {
  const calls = ofKind(events, "llm.call");
  assert.deepEqual(
    calls.map(({ request_id }) => request_id).sort(),
    served.map(({ number }) => `req_${number}`).sort(),
  );
  for (const one of served) {
    const call = calls.find(({ request_id }) => request_id === `req_${one.number}`)!;
    const before = served.findLast(({ task, number }) => task === one.task && number < one.number);
    const earlier = before && calls.find(({ request_id }) => request_id === `req_${before.number}`)!;
    checkCall(call, one);
    checkPlace(call, { before, earlier });
    checkTools(events, { call, earlier });
    const got = told.find(({ sdk }) => sdk === one.task);
    assert.ok(got, `${one.task} is told by the client`);
    if (one.outcome === "answered") {
      if (got.text !== undefined) assert.equal(call.response.text, got.text, one.task);
      if (got.tools && !before) {
        const known = call.response.tool_calls.map(({ id, ...use }) =>
          "id" in got.tools![0]! ? { id, ...use } : use
        );
        assert.deepEqual(known, got.tools, one.task);
      }
      assert.equal(got.failed, undefined, one.task);
    }
  }
}

function checkCall(call: LlmCalled, { api, model, streaming, outcome, turn, task }: Served): void {
  const what = `${task} (${outcome})`;
  assert.deepEqual([call.api, call.model, call.gaps, call.http.status], [
    api,
    model,
    0,
    outcome === "refused" ? 429 : 200,
  ], what);
  assert.equal(call.complete, outcome !== "left", what);
  assert.ok(JSON.stringify(call.request.messages).includes(task), what);
  if (outcome === "refused") {
    assert.match(call.error?.message ?? "", new RegExp(`Too many: ${task}$`));
    return assert.deepEqual(call.response.parts, []);
  }
  assert.equal(call.streaming, streaming, what);
  if (outcome !== "answered") {
    assert.ok(call.response.text !== "" && turn.text.startsWith(call.response.text), what);
    return assert.equal(call.error?.message, outcome === "broken" ? `Broke: ${task}` : undefined, what);
  }
  const { input, cacheRead, cacheWrite, output } = turn.usage;
  assert.equal(call.error, null, what);
  assert.equal(call.response.text, turn.text, what);
  assert.deepEqual(call.response.tool_calls.map(({ name, input }) => ({ name, input })), turn.tools ?? []);
  assert.equal(call.usage.input_tokens, input + cacheRead + cacheWrite, what);
  assert.equal(call.usage.output_tokens, output, what);
  // Ollama has no cache that it counts, and no price.
  const local = api === "ollama.chat";
  assert.equal(call.usage.cache_read_tokens, local ? null : cacheRead, what);
  assert.equal(typeof call.cost_usd, local ? "object" : "number", what);
}

/** A task's second request repeats the first, which was refused, or goes on from it. */
function checkPlace(
  call: LlmCalled,
  { before, earlier }: { before: Served | undefined; earlier: LlmCalled | undefined },
): void {
  const refused = before?.outcome === "refused";
  const { retry_of, continues, request: { messages, history } } = call;
  assert.equal(retry_of, refused ? earlier!.id : null);
  assert.equal(continues, earlier && !refused ? earlier.id : null);
  assert.notEqual(history, "missing");
  if (continues === null) return assert.equal(messages.length, 1);
  const answer = messages.flatMap(({ role, parts }) => role === "assistant" ? parts : []);
  const said = answer.map((part) => part.type === "text" ? part.content : "").join("");
  assert.equal(said, earlier!.response.text);
  assert.equal(answer.filter(({ type }) => type === "tool_call").length, earlier!.response.tool_calls.length);
}

/** Each use is told with its call, and each result with the call that brought it, by the same ids. */
function checkTools(
  events: readonly Event[],
  { call, earlier }: { call: LlmCalled; earlier: LlmCalled | undefined },
): void {
  const uses = ofKind(events, "tool.call").filter(({ llm_call }) => llm_call === call.id);
  assert.deepEqual(uses.map(({ id, name, input }) => ({ id, name, input })), call.response.tool_calls);
  const results = ofKind(events, "tool.result").filter(({ llm_call }) => llm_call === call.id);
  const answered = earlier?.response.tool_calls ?? [];
  const sorted = (ids: readonly (string | null)[]) => ids.toSorted();
  assert.deepEqual(sorted(results.map(({ id }) => id)), sorted(answered.map(({ id }) => id)));
  for (const { id, name, is_error } of results) {
    assert.deepEqual([name, is_error], [answered.find((use) => use.id === id)!.name, false]);
  }
}
