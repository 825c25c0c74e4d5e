/** `trace --json -- AGENT`: every call, tool, process, file and connection of a whole agent run, as they really were. */
import assert from "node:assert/strict";
import { demoScript, type Turn } from "../samples/llm/script.ts";
import type { Exchange } from "../samples/llm/scripted_llm.ts";
import type { Event, LlmCalled } from "../src/event.ts";
import { agentsight, ofKind } from "./support/agentsight.ts";
import { bpfTest } from "./support/bpf_test.ts";
import { agentCommand, AgentWorld } from "./support/sample_agent.ts";

const apis = { messages: "anthropic.messages", chat: "openai.chat", responses: "openai.responses" } as const;
type ApiName = keyof typeof apis;
const prompt =
  "Merge the notes into a sorted report.md, clean up after yourself, and save the list of models.";
const system = "You are a careful assistant with a shell. Use the bash tool, then report in one sentence.";

for (const runtime of ["python3", "node"] as const) {
  for (const api of ["messages", "chat", "responses"] as const) {
    bpfTest(`${runtime} over ${api}, streamed and plain, is seen exactly`, async () => {
      await Promise.all([true, false].map((streaming) => checkRun(runtime, { api, streaming })));
    });
  }
}

interface Run {
  readonly api: ApiName;
  readonly streaming: boolean;
}

async function checkRun(runtime: "python3" | "node", { api, streaming }: Run): Promise<void> {
  await using world = new AgentWorld();
  const mode = streaming ? [] : ["--plain"];
  const agent = agentCommand(runtime, ["--api", api, ...mode, "--workspace", world.workspace]);
  const { code, events, stdout, stderr } = await agentsight(
    ["trace", "--json", "--no-server", "--no-store", "--", ...agent],
    { env: world.env() },
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(ofKind(events, "loss"), []);
  assert.deepEqual(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), events);
  assert.deepEqual(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
  assert.equal(new Set(events.map(({ session }) => session)).size, 1);
  for (const { text } of demoScript) assert.ok(stderr.includes(text), "CMD's own stdout is on stderr");
  checkCalls(events, { api, streaming, exchanges: world.exchanges });
  checkTools(events, world.exchanges);
  checkEffects(events, world);
}

function checkCalls(
  events: readonly Event[],
  { api, streaming, exchanges }: Run & { readonly exchanges: readonly Exchange[] },
): void {
  const calls = ofKind(events, "llm.call");
  assert.deepEqual(exchanges.map(({ turn }) => turn), demoScript);
  assert.equal(calls.length, exchanges.length);
  calls.forEach((call, index) => {
    const { turn, request, path } = exchanges[index]!;
    assert.equal(call.api, apis[api]);
    assert.equal(call.model, request.model);
    assert.equal(new URL(call.endpoint).pathname, path);
    assert.deepEqual(call.http, { version: "1.1", status: 200 });
    assert.deepEqual([call.complete, call.gaps, call.error, call.streaming], [true, 0, null, streaming]);
    assert.equal(call.response.text, turn.text);
    assert.deepEqual(
      call.response.tool_calls.map(({ name, input }) => ({ name, input })),
      (turn.tools ?? []).map(({ name, input }) => ({ name, input })),
    );
    assert.deepEqual(call.usage, usageOf(api, turn));
    assert.equal(typeof call.cost_usd, "number");
    assert.equal(call.continues, calls[index - 1]?.id ?? null);
    assert.deepEqual(textsOf(call, "system"), [system]);
    assert.deepEqual(textsOf(call, "user"), [prompt]);
    assert.deepEqual(textsOf(call, "assistant"), demoScript.slice(0, index).map(({ text }) => text));
    assert.deepEqual(call.request.tools.map(({ name }) => name), ["bash"]);
    const deltas = ofKind(events, "llm.delta").filter(({ id }) => id === call.id);
    assert.equal(deltas.map(({ text }) => text).join(""), streaming ? turn.text : "");
  });
}

/** OpenTelemetry: input includes what was cached, output includes reasoning; what an API does not say is null. */
function usageOf(api: ApiName, { usage }: Turn): LlmCalled["usage"] {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage;
  const anthropic = api === "messages";
  return {
    input_tokens: input + cacheRead + cacheWrite,
    output_tokens: output,
    cache_read_tokens: cacheRead,
    cache_write_tokens: anthropic ? cacheWrite : null,
    reasoning_tokens: anthropic && reasoning === 0 ? null : reasoning,
  };
}

/** Texts that one side said, in order, wherever the API keeps them. */
function textsOf({ request }: LlmCalled, role: string): string[] {
  const own = request.messages.filter((message) => message.role === role).flatMap(({ parts }) => parts);
  const parts = role === "system" ? [...request.system, ...own] : own;
  return parts.flatMap((part) => part.type === "text" ? [part.content] : []);
}

function checkTools(events: readonly Event[], exchanges: readonly Exchange[]): void {
  const calls = ofKind(events, "llm.call");
  const sent = exchanges.flatMap(({ requestBody }) => resultsIn(JSON.parse(requestBody)));
  const last = resultsIn(exchanges.at(-1)!.request);
  assert.deepEqual(
    ofKind(events, "tool.call").map(({ id, name, input, llm_call }) => ({ id, name, input, llm_call })),
    demoScript.flatMap(({ tools = [] }, index) =>
      tools.map(({ name, input }) => ({ id: last[index]!.id, name, input, llm_call: calls[index]!.id }))
    ),
  );
  assert.equal(sent.length, 3, "the second request repeats the first result");
  assert.deepEqual(
    ofKind(events, "tool.result").map(({ id, name, is_error, bytes }) => ({ id, name, is_error, bytes })),
    last.map(({ id, output }) => ({
      id,
      name: "bash",
      is_error: false,
      bytes: new TextEncoder().encode(output).length,
    })),
  );
  const responses = calls.at(-1)!.request.messages.flatMap(({ parts }) => parts)
    .flatMap((part) => part.type === "tool_call_response" ? [{ id: part.id, output: part.response }] : []);
  assert.deepEqual(responses, last);
}

/** The tool results in a request's body, whichever API it is for. */
function resultsIn(body: Readonly<Record<string, unknown>>): { id: string; output: string }[] {
  const items = (body.messages ?? body.input) as Record<string, unknown>[];
  return items.flatMap((item) => {
    const blocks = Array.isArray(item.content) ? item.content as Record<string, unknown>[] : [];
    const results = blocks.filter(({ type }) => type === "tool_result");
    if (item.role === "tool") return [{ id: String(item.tool_call_id), output: String(item.content) }];
    if (item.type === "function_call_output") {
      return [{ id: String(item.call_id), output: String(item.output) }];
    }
    return results.map((block) => ({ id: String(block.tool_use_id), output: String(block.content) }));
  });
}

function checkEffects(events: readonly Event[], { workspace, tee }: AgentWorld): void {
  const execs = ofKind(events, "process.exec");
  const argvs = execs.map(({ argv }) => argv);
  for (const turn of demoScript) {
    for (const { input } of turn.tools ?? []) {
      const shell = execs.find(({ argv }) => argv.includes(String(input.command)));
      assert.deepEqual(shell?.argv, ["sh", "-c", input.command]);
      assert.equal(shell.cwd, workspace);
      assert.equal(shell.uid, 0);
    }
  }
  for (
    const argv of [["date"], ["sort", "notes.txt"], ["mv", "draft.md", "report.md"], ["rm", "scratch.tmp"]]
  ) {
    assert.ok(argvs.some((seen) => JSON.stringify(seen) === JSON.stringify(argv)), argv.join(" "));
  }
  const curl = execs.find(({ exe }) => exe.endsWith("/curl"));
  assert.ok(curl);
  const exits = ofKind(events, "process.exit");
  assert.equal(exits.find(({ pid }) => pid === curl.pid)?.code, 0);

  const files = ["notes.txt", "scratch.tmp", "draft.md", "models.json"];
  const size = { "notes.txt": 50, "scratch.tmp": null, "draft.md": 50, "models.json": 133 } as const;
  for (const name of files) {
    const path = `${workspace}/${name}`;
    const opened = ofKind(events, "file.open").filter((open) => open.path === path && open.access !== "read");
    assert.deepEqual(opened.map((open) => [open.created, open.result]), [[true, 0]], path);
    const closed = ofKind(events, "file.close").filter((close) =>
      close.path === path && close.written_bytes > 0
    );
    assert.equal(closed.length, 1, path);
    const wanted = size[name as keyof typeof size];
    if (wanted !== null) assert.equal(closed[0]!.written_bytes, wanted, path);
  }
  const [renamed] = ofKind(events, "file.rename");
  assert.deepEqual([renamed?.from, renamed?.to], [`${workspace}/draft.md`, `${workspace}/report.md`]);
  const [unlinked] = ofKind(events, "file.unlink").filter(({ path }) => path.startsWith(workspace));
  assert.deepEqual([unlinked?.path, unlinked?.result], [`${workspace}/scratch.tmp`, 0]);

  const connected = ofKind(events, "net.connect").filter(({ pid, family }) =>
    pid === curl.pid && family !== "unix"
  );
  assert.deepEqual(
    connected.map(({ family, addr, port, result }) => ({ family, addr, port, result })),
    [{ family: "inet", addr: "127.0.0.1", port: tee.port, result: 0 }],
  );
  const listed = ofKind(events, "http.exchange").find(({ pid }) => pid === curl.pid);
  assert.deepEqual(
    [listed?.method, listed?.url, listed?.status],
    ["GET", `https://127.0.0.1:${tee.port}/v1/models`, 200],
  );
}
