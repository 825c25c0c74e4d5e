/** Cursor over Connect: texts of a schema that nobody published. */
import { gzipSync } from "node:zlib";
import { calls, type Transcript } from "../transcript.ts";
import { bytesOf, chunked, join, json, send, type Turn } from "../wire.ts";

const HOST = "api2.cursor.sh";
const call = calls({ api: "connect.rpc", provider: "cursor", model: null, complete: false, cost_usd: null });

/** A length-delimited field. */
function field(number: number, value: string | Uint8Array): Uint8Array {
  const bytes = bytesOf(value);
  return join([Uint8Array.of(number << 3 | 2, bytes.length), bytes]);
}

function envelope(message: Uint8Array, flags = 0): Uint8Array {
  const head = new Uint8Array(5);
  head[0] = flags;
  new DataView(head.buffer).setUint32(1, message.length);
  return join([head, message]);
}

function ask(method: string, type: string, body: Uint8Array): Turn {
  const head = `POST /${method} HTTP/1.1\r\nhost: ${HOST}\r\ncontent-type: ${type}\r\n` +
    `connect-content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
  return send(join([bytesOf(head), body]));
}

const CHAT = "aiserver.v1.ChatService/StreamUnifiedChatWithTools";
const ANSWER = {
  headers: { "Content-Type": "application/connect+proto", "Connect-Content-Encoding": "gzip" },
};
const QUESTION = field(1, join([field(1, "What is 1 + 1?"), Uint8Array.of(2 << 3, 7)]));

export const cases: readonly Transcript[] = [
  {
    name: "the texts of a streamed answer, some of it compressed",
    turns: [
      ask(CHAT, "application/connect+proto", envelope(gzipSync(QUESTION), 1)),
      chunked([
        envelope(field(2, field(1, "It "))),
        envelope(gzipSync(field(2, field(1, "is 2."))), 1),
        envelope(bytesOf("{}"), 2),
      ], ANSWER),
    ],
    expected: [call({
      request: {
        messages: [{ role: "user", parts: [{ type: "other", name: "protobuf", value: ["What is 1 + 1?"] }] }],
      },
      response: { parts: [{ type: "other", name: "protobuf", value: ["It ", "is 2."] }], text: "" },
    })],
  },
  {
    name: "one message asks; an error ends the stream, another comes instead of one",
    turns: [
      ask("agent.v1.AgentService/RunSSE", "application/proto", QUESTION),
      chunked([
        envelope(field(1, "partial")),
        envelope(bytesOf('{"error":{"code":"resource_exhausted","message":"slow"}}'), 2),
      ], ANSWER),
      ask("agent.v1.AgentService/RunSSE", "application/proto", QUESTION),
      json({ code: "unauthenticated", message: "who?" }, 401),
    ],
    expected: [
      call({
        complete: true,
        error: { type: "resource_exhausted", message: "slow" },
        response: { parts: [{ type: "other", name: "protobuf", value: ["partial"] }] },
      }),
      call({
        streaming: false,
        complete: true,
        retry_of: "1-1",
        error: { type: "unauthenticated", message: "who?" },
        response: { parts: [] },
      }),
    ],
  },
  {
    name: "other services of the same host are no calls",
    turns: [
      ask("aiserver.v1.AnalyticsService/Batch", "application/proto", QUESTION),
      json({}),
    ],
    expected: [],
  },
];
