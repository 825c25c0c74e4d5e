/** LLM calls over HTTP/2: two at once, and on a connection that was joined in the middle. */
import assert from "node:assert/strict";
import { data, Headers, PREFACE, settings } from "./protocol/http2/testdata/frames.ts";
import { Interpreter } from "./interpreter.ts";
import {
  bytesOf,
  join,
  ofKind,
  records,
  recv,
  send,
  type Turn,
  type WireOptions,
} from "./llm/testdata/wire.ts";

const ASK = { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "hi" }] };

function event(text: string): string {
  return `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
}
const STOP = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

const [client, server] = [new Headers(), new Headers()];
const ask = (stream: number) => {
  const path = "/v1/chat/completions";
  const fields = { ":method": "POST", ":scheme": "https", ":authority": "llm.test", ":path": path };
  return join([client.frames(stream, fields), data(stream, JSON.stringify(ASK), { end: true })]);
};
const answer = (stream: number) =>
  server.frames(stream, { ":status": "200", "content-type": "text/event-stream" });

const TURNS: Turn[] = [
  send(join([PREFACE, settings(), ask(1), ask(3)])),
  recv(join([settings(), answer(3), data(3, event("three ")), answer(1), data(1, event("one "))])),
  recv(join([data(1, event("and one")), data(3, event("and three") + STOP)])),
  recv(join([data(1, STOP, { end: true }), data(3, "", { end: true })])),
  send(ask(5)),
  recv(join([answer(5), data(5, event("five")), data(5, STOP, { end: true })])),
];

function calls(turns: readonly Turn[], options: WireOptions) {
  const interpreter = new Interpreter();
  const drafts = interpreter.push(records(turns, options));
  const told = ofKind(drafts, "llm.call").map((
    { http, endpoint, response, complete },
  ) => [http.version, endpoint, response.text, complete]);
  return {
    told,
    urls: ofKind(drafts, "http.exchange").map(({ url }) => url),
    losses: interpreter.takeLosses(),
  };
}

Deno.test("http/2: two calls at once, in pieces of any size", () => {
  const endpoint = "https://llm.test/v1/chat/completions";
  for (const sizes of [[1 << 20], [1], [13, 100]]) {
    assert.deepEqual(calls(TURNS, { sizes }), {
      told: [
        ["2", endpoint, "three and three", true],
        ["2", endpoint, "one and one", true],
        ["2", endpoint, "five", true],
      ],
      urls: [endpoint, endpoint, endpoint],
      losses: [],
    });
  }
});

Deno.test("http/2: a call whose path was said before we came is known by its shape", () => {
  const { told, losses } = calls(TURNS.slice(4), { fromStart: false });
  assert.deepEqual(told.map(([version, , text, complete]) => [version, text, complete]), [[
    "2",
    "five",
    true,
  ]]);
  assert.deepEqual(losses, []);
});

Deno.test("http/2: joined where neither first frame proves anything", () => {
  const { told } = calls([send(bytesOf("half a frame")), ...TURNS.slice(4)], { fromStart: false });
  assert.deepEqual(told.length, 1);
});
