/** What is special about turns of the Responses API; its traffic is in `testdata/transcripts/openai_*.ts`. */
import assert from "node:assert/strict";
import { Interpreter } from "../interpreter.ts";
import { json, ofKind, post, records, sse, type Turn } from "./testdata/wire.ts";

function run(turns: readonly Turn[]) {
  const drafts = new Interpreter().push(records(turns));
  return { drafts, calls: ofKind(drafts, "llm.call") };
}

const PATH = "/v1/responses";
const ASK = { model: "gpt-5", input: [{ type: "message", role: "user", content: "hi" }] };
const MESSAGE = {
  type: "message",
  id: "m",
  role: "assistant",
  content: [{ type: "output_text", text: "Hello" }],
};
const CALL = { type: "function_call", id: "f1", call_id: "c1", name: "sh", arguments: '{"a":1}' };
const BASE = { id: "resp_1", object: "response", model: "gpt-5", status: "completed" };

Deno.test("openai responses: turns are joined by response id and by items, results by call id", () => {
  const output = { type: "function_call_output", call_id: "c1", output: "done" };
  const { calls, drafts } = run([
    post(PATH, ASK),
    json({ ...BASE, output: [MESSAGE, CALL] }),
    post(PATH, { model: "gpt-5", previous_response_id: "resp_1", input: [output] }),
    json({ ...BASE, id: "resp_2", output: [MESSAGE] }),
    post(PATH, { ...ASK, input: [...ASK.input, MESSAGE, CALL, output], conversation: { id: "conv" } }),
    json({ ...BASE, id: "resp_3", output: [MESSAGE] }),
  ]);
  assert.deepEqual(calls.map(({ continues, conversation }) => [continues, conversation]), [
    [null, null],
    ["1-1", null],
    ["1-1", "conv"],
  ]);
  assert.deepEqual(ofKind(drafts, "tool.result").map(({ id, name }) => [id, name]), [["c1", "sh"]]);
});

Deno.test("openai responses: on an unknown path the answer decides", () => {
  const ask = { model: "gpt-5", input: "hi" };
  const streamed = sse([{ type: "response.completed", response: { ...BASE, output: [MESSAGE] } }]);
  assert.equal(run([post("/x", ask), streamed]).calls.length, 1);
  assert.equal(run([post("/x", ask), json({ object: "list", data: [] })]).calls.length, 0);
});

Deno.test("openai responses: tools of namespaces have its name, where they are offered and where they are used", () => {
  const offered = ["files", "notes"].map((name) => ({
    type: "namespace",
    name,
    tools: [{ type: "function", name: "read", description: name, parameters: {} }],
  }));
  const used = { ...CALL, name: "read", namespace: "notes" };
  const output = { type: "function_call_output", call_id: "c1", output: "done" };
  const { calls, drafts } = run([
    post(PATH, { ...ASK, tools: [...offered, { type: "namespace", name: "empty" }] }),
    json({ ...BASE, output: [used] }),
    post(PATH, { ...ASK, input: [...ASK.input, used, output] }),
    json({ ...BASE, id: "resp_2", output: [MESSAGE] }),
  ]);
  assert.deepEqual(calls[0]!.request.tools.map(({ name }) => name), ["files.read", "notes.read", "empty"]);
  assert.equal(calls[1]!.continues, calls[0]!.id);
  for (const kind of ["tool.call", "tool.result"] as const) {
    assert.deepEqual(ofKind(drafts, kind).map(({ id, name }) => [id, name]), [["c1", "notes.read"]]);
  }
});
