import assert from "node:assert/strict";
import { deflated, frame } from "../protocol/websocket/testdata/wire.ts";
import { Interpreter } from "../interpreter.ts";
import { join, ofKind, records, recv, send, type Turn } from "./testdata/wire.ts";

const ASK =
  "GET /v1/responses HTTP/1.1\r\nHost: api.openai.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n";
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

function create(text: string): unknown {
  const content = [{ type: "input_text", text }];
  return { type: "response.create", model: "gpt-5.1", input: [{ type: "message", role: "user", content }] };
}

function answer(id: string, text: string): unknown[] {
  const content = [{ type: "output_text", text }];
  const usage = { input_tokens: 5, output_tokens: 2 };
  return [
    { type: "response.created", response: { id, status: "in_progress" } },
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { type: "message", role: "assistant", content },
    },
    { type: "response.completed", response: { id, status: "completed", usage } },
  ];
}

function texts(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value));
}

Deno.test("a deflated WebSocket: captured bytes become calls, in records of any size", async () => {
  const asked = (await deflated(texts([create("one"), create("one and two")])))
    .map((payload) => frame(payload, { rsv: 0x40, masked: true }));
  const told = (await deflated(texts([...answer("r1", "first"), ...answer("r2", "second, as the first")])))
    .map((payload) => frame(payload, { rsv: 0x40 }));
  const turns: Turn[] = [
    ...[send(ASK), recv(SWITCH), send(asked[0]!), recv(join(told.slice(0, 3)))],
    ...[send(asked[1]!), ...told.slice(3).map((bytes) => recv(bytes))],
  ];
  for (const size of [1, 2, 7, 100, 1 << 14]) {
    const interpreter = new Interpreter();
    const drafts = interpreter.push(records(turns, { sizes: [size] }));
    assert.deepEqual(interpreter.takeLosses(), []);
    const calls = ofKind(drafts, "llm.call").map(({ request, response, usage, complete }) => ({
      asked: request.messages.at(-1)!.parts,
      told: response.text,
      tokens: usage?.output_tokens,
      complete,
    }));
    const call = (question: string, text: string) => ({
      asked: [{ type: "text", content: question }],
      told: text,
      tokens: 2,
      complete: true,
    });
    assert.deepEqual(
      calls,
      [call("one", "first"), call("one and two", "second, as the first")],
      `size ${size}`,
    );
  }
});
