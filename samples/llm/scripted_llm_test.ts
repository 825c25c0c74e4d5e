import assert from "node:assert/strict";
import { demoScript, type Turn } from "./script.ts";
import { ScriptedLlm } from "./scripted_llm.ts";

const turn: Turn = {
  thinking: "Hm.",
  text: "Süß 🍰",
  tools: [{ id: "call_of_test", name: "bash", input: { command: "ls" } }],
  usage: { input: 10, cacheRead: 3, cacheWrite: 2, output: 7, reasoning: 4 },
};

function post(path: string, body: unknown): Request {
  return new Request(`https://localhost${path}`, { method: "POST", body: JSON.stringify(body) });
}

async function events(response: Response): Promise<string[]> {
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
  return lines.map((line) => line.slice(6));
}

const usages: [path: string, usage: unknown][] = [
  ["/v1/messages", {
    input_tokens: 10,
    cache_creation_input_tokens: 2,
    cache_read_input_tokens: 3,
    cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 0 },
    output_tokens: 7,
    output_tokens_details: { thinking_tokens: 4 },
    service_tier: "standard",
  }],
  ["/v1/chat/completions", {
    prompt_tokens: 15,
    completion_tokens: 7,
    total_tokens: 22,
    prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 4,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }],
  ["/v1/responses", {
    input_tokens: 15,
    input_tokens_details: { cached_tokens: 3 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 4 },
    total_tokens: 22,
  }],
];

for (const [path, usage] of usages) {
  Deno.test(`${path}: usage, text and tool call, whole and streamed`, async () => {
    const llm = new ScriptedLlm([turn]);
    const whole = await (await llm.fetch(post(path, { model: "m" }))).json();
    assert.deepEqual(whole.usage, usage);
    assert.equal(whole.model, "m");
    for (const wanted of [turn.text, "call_of_test"]) assert.ok(JSON.stringify(whole).includes(wanted));
    const stream = { model: "m", stream: true, stream_options: { include_usage: true } };
    const streamed = await llm.fetch(post(path, stream));
    assert.equal(streamed.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const body = await streamed.text();
    assert.equal(body, llm.exchanges[1]!.responseBody);
    assert.ok(body.includes(JSON.stringify(usage)));
  });
}

Deno.test("events come in the order of each API", async () => {
  const llm = new ScriptedLlm([{ ...turn, thinking: "", text: "ok" }]);
  const types = async (path: string) =>
    (await events(await llm.fetch(post(path, { model: "m", stream: true })))).map((data) =>
      data === "[DONE]" ? data : JSON.parse(data).type ?? JSON.parse(data).choices[0].finish_reason
    );
  assert.deepEqual(await types("/v1/messages"), [
    "message_start",
    ...["content_block_start", "ping", "content_block_delta", "content_block_stop"],
    ...["content_block_start", "content_block_delta", "content_block_stop"],
    ...["content_block_start", "content_block_delta", "content_block_delta", "content_block_stop"],
    ...["message_delta", "message_stop"],
  ]);
  assert.deepEqual(await types("/v1/chat/completions"), [null, null, null, null, "tool_calls", "[DONE]"]);
  const responses = await types("/v1/responses");
  assert.deepEqual(responses.slice(0, 3), [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
  ]);
  assert.equal(responses.at(-1), "response.completed");
});

Deno.test("the turn follows from the conversation, and the last one is repeated", async () => {
  const llm = new ScriptedLlm(demoScript);
  const own = { role: "assistant", content: "…" };
  const user = { role: "user", content: "…" };
  const conversations = [
    [user],
    [user, own, user],
    [user, own, user, own, user],
    Array(9).fill([user, own]).flat(),
  ];
  for (const messages of conversations) await llm.fetch(post("/v1/messages", { model: "m", messages }));
  assert.deepEqual(llm.exchanges.map(({ turn }) => demoScript.indexOf(turn)), [0, 1, 2, 2]);
});

Deno.test("what it does not know is an error in the API's own form", async () => {
  const llm = new ScriptedLlm(demoScript);
  assert.equal((await llm.fetch(post("/v1/nothing", {}))).status, 404);
  const refused = await llm.fetch(post("/v1/chat/completions", []));
  assert.equal(refused.status, 400);
  assert.equal((await refused.json()).error.type, "invalid_request_error");
});
