import assert from "node:assert/strict";
import { latin1 } from "../../bytes.ts";
import type { Actor, Micros } from "../../event.ts";
import { MemoryBudget } from "../byte_buffer.ts";
import type { Exchange, SocketMessage } from "../exchange.ts";
import { Connection } from "../connection.ts";
import { LossCounter } from "../losses.ts";
import { Http1Connection } from "./connection.ts";

const ACTOR: Actor = { pid: 1, tid: 1, start: 0 as Micros, comm: "x" };

/** `>` lines are sent, `<` lines received, `>?n` and `<?n` are gaps of n bytes. */
function run(script: readonly string[], options: { inStep?: boolean; size?: number; clean?: boolean } = {}) {
  const { inStep = true, size = 1 << 20, clean = true } = options;
  const done: string[] = [];
  const losses = new LossCounter();
  const observe = (exchange: Exchange) => {
    let [sent, received] = ["", ""];
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      requestBody: (bytes: Uint8Array) => void (sent += text(bytes)),
      requestGap: (count: number) => void (sent += `?${count}`),
      requestEnd() {},
      responseHead() {},
      responseBody: (bytes: Uint8Array) => void (received += text(bytes)),
      responseGap: (count: number) => void (received += `?${count}`),
      end() {
        const { request, response } = exchange;
        const marks = `${request.complete ? "" : "!"}${sent}|${response.complete ? "" : "!"}${received}`;
        done.push(`${request.head.method} ${request.head.target} ${response.head?.status ?? "-"} ${marks}`);
      },
    };
  };
  const observeSocket = ({ index }: Exchange) => ({
    message: ({ from, bytes }: SocketMessage) => void done.push(`${index}: ${from} ${latin1(bytes)}`),
    gap: (from: string, count: number) => void done.push(`${index}: ${from} ?${count}`),
    end: () => void done.push(`${index}: end`),
  });
  const context = {
    observe,
    observeSocket,
    losses,
    budget: new MemoryBudget(1 << 20),
    messageLimit: 1 << 20,
    spoke: () => assert.fail("the connection has told already"),
  };
  const connection = new Http1Connection(1, {
    role: "client",
    inStep,
    transport: "tls",
    before: 0,
    tunnel: (before) => new Connection({ conn: 1, fromStart: true, before }, context),
    ...context,
  });
  const ts = 0 as Micros;
  for (const line of script) {
    const dir = line[0] === ">" ? "send" : "recv";
    if (line[1] === "?") {
      connection.gap(dir, Number(line.slice(2)), ts);
      continue;
    }
    const bytes = Uint8Array.from(line.slice(1), (character) => character.charCodeAt(0));
    for (let from = 0; from < bytes.length; from += size) {
      connection.data(dir, bytes.subarray(from, from + size), { ts, actor: ACTOR, callStart: from === 0 });
    }
  }
  connection.end(ts, clean);
  return {
    done,
    losses: losses.take().map((loss) => `${loss.class} ${loss.reason}: ${loss.count} ${loss.unit}`),
  };
}

const GET = (path: string) => `>GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
const OK = (body: string) => `<HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = "<HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const CONNECT = ">CONNECT h:443 HTTP/1.1\r\n\r\n";
const TUNNEL = "<HTTP/1.1 200 OK\r\n\r\n";

const ASK_H2 = ">GET /1 HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n";
const SWITCH_H2 = "<HTTP/1.1 101 S\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
const PREFACE = ">PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";
/** `:method: GET`, `:path: /3` and the end of the stream. */
const ASK_3 = "\0\0\x05\x01\x05\0\0\0\x03\x82\x04\x02/3";
/** `:status: 200` and a body, in a stream. */
const answer = (stream: number, body: string) => {
  const id = `\0\0\0${String.fromCharCode(stream)}`;
  return `\0\0\x01\x01\x04${id}\x88\0\0${String.fromCharCode(body.length)}\0\x01${id}${body}`;
};

const UPGRADE =
  ">GET /1 HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const SWITCH =
  "<HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const CASES: [name: string, script: string[], done: string[], losses?: string[]][] = [
  ["keep-alive", [GET("/1"), OK("a"), GET("/2"), OK("b")], ["GET /1 200 |a", "GET /2 200 |b"]],
  ["empty lines in front", [">\r\n" + GET("/1").slice(1), OK("a")], ["GET /1 200 |a"]],
  ["bare line feeds", [">GET /1 HTTP/1.0\n\n", "<HTTP/1.0 200 OK\nContent-Length: 1\n\na"], [
    "GET /1 200 |a",
  ]],
  ["pipelining", [GET("/1") + GET("/2").slice(1), OK("a") + OK("b").slice(1)], [
    "GET /1 200 |a",
    "GET /2 200 |b",
  ]],
  ["continue", [
    ">POST /1 HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
    "<HTTP/1.1 100 C\r\n\r\n",
    ">hi",
    OK("a"),
  ], ["POST /1 200 hi|a"]],
  ["early hints", [GET("/1"), "<HTTP/1.1 103 E\r\nLink: x\r\n\r\n" + OK("a").slice(1)], ["GET /1 200 |a"]],
  ["head and 304", [
    ">HEAD /1 HTTP/1.1\r\n\r\n",
    "<HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    GET("/2"),
    "<HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n",
    GET("/3"),
    OK("c"),
  ], ["HEAD /1 200 |", "GET /2 304 |", "GET /3 200 |c"]],
  ["chunks, extensions, trailers", [
    GET("/1"),
    CHUNKED + '3;x="y"\r\nabc\r\n00A \r\n0123456789\r\n0\r\nA: b\r\nC: d\r\n\r\n',
    GET("/2"),
    OK("b"),
  ], ["GET /1 200 |abc0123456789", "GET /2 200 |b"]],
  ["chunked wins over length", [
    GET("/1"),
    "<HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
  ], ["GET /1 200 |ab"]],
  ["until close", [GET("/1"), "<HTTP/1.1 200 OK\r\n\r\nto the", "< end"], ["GET /1 200 |to the end"]],
  ["broken off", [GET("/1"), "<HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"], ["GET /1 200 |!abc"]],
  ["no answer", [GET("/1")], ["GET /1 - |!"]],
  ["early answer", [">POST /1 HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc", OK("no")], ["POST /1 200 !abc|no"]],
  ["a folded field is no field of its own", [
    ">POST /1 HTTP/1.1\r\nX-A: b\r\n Content-Length: 5\r\nContent-Length:\r\n\t2\r\n\r\nab",
    OK("c"),
  ], ["POST /1 200 ab|c"]],
  ["TLS through a tunnel", [CONNECT, TUNNEL, ">\x16\x03\x01\x02", "<\x16\x03\x03\x00"], [
    "CONNECT h:443 200 |",
  ]],
  ["a tunnel that nobody used", [CONNECT, TUNNEL], ["CONNECT h:443 200 |"]],
  ["plain text through a tunnel", [CONNECT, TUNNEL, GET("/2"), OK("b"), GET("/3"), OK("c")], [
    "CONNECT h:443 200 |",
    "GET /2 200 |b",
    "GET /3 200 |c",
  ]],
  ["a tunnel through a tunnel", [CONNECT, TUNNEL, CONNECT, TUNNEL, GET("/3"), OK("c")], [
    "CONNECT h:443 200 |",
    "CONNECT h:443 200 |",
    "GET /3 200 |c",
  ]],
  [
    "HTTP/2 through a tunnel",
    [CONNECT, TUNNEL, PREFACE + SETTINGS + ASK_3, "<" + SETTINGS + answer(3, "hi")],
    [
      "CONNECT h:443 200 |",
      "GET /3 200 |hi",
    ],
  ],
  ["something else through a tunnel", [CONNECT, TUNNEL, "<SSH-2.0-x\r\n", ">SSH-2.0-y\r\n"], [
    "CONNECT h:443 200 |",
  ], ["protocol not-http: 1 events"]],
  ["a refused tunnel", [CONNECT, "<HTTP/1.1 407 P\r\nContent-Length: 2\r\n\r\nno", CONNECT, TUNNEL], [
    "CONNECT h:443 407 |no",
    "CONNECT h:443 200 |",
  ]],
  ["an upgrade to HTTP/2", [
    ASK_H2,
    SWITCH_H2 + SETTINGS + answer(1, "hi"),
    PREFACE + SETTINGS + ASK_3,
    "<" + answer(3, "there"),
  ], ["GET /1 200 |hi", "GET /3 200 |there"]],
  ["an upgrade to HTTP/2, answered late", [
    ASK_H2,
    SWITCH_H2 + SETTINGS,
    PREFACE + SETTINGS + ASK_3,
    "<" + answer(3, "there") + answer(1, "hi"),
  ], ["GET /3 200 |there", "GET /1 200 |hi"]],
  ["an upgrade to HTTP/2 that broke off", [ASK_H2, SWITCH_H2], ["GET /1 - |!"]],
  ["a websocket, its first frames with the head", [
    UPGRADE,
    SWITCH + "\x81\x02ab\x81\x01c",
    ">\x81\x81\0\0\0\0d",
    "<\x81\x03e",
    "<?1",
    "<f",
  ], [
    "GET /1 101 |",
    ...["server ab", "server c", "client d", "server ?1", "server e", "end"].map((line) => `1: ${line}`),
  ]],
  ["a websocket that nobody wrote to", [UPGRADE, SWITCH], ["GET /1 101 |", "1: end"]],
  ["a websocket without the right key", [UPGRADE, SWITCH.replace("s3p", "S3P"), "<\x81\x01c"], [
    "GET /1 101 |",
  ], [
    "protocol upgraded: 1 events",
  ]],
  ["another upgrade", [GET("/1"), "<HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\nPRI", ">PRI"], ["GET /1 101 |"], [
    "protocol upgraded: 1 events",
  ]],
  [
    "bad chunk size, then in step again",
    [GET("/1"), CHUNKED + "1\r\na\r\nzz\r\n", "<more", GET("/2"), OK("b")],
    ["GET /1 200 |!a", "GET /2 200 |b"],
    ["http unparsed: 7 bytes"],
  ],
  ["bad length", [GET("/1"), "<HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", GET("/2"), OK("b")], [
    "GET /1 200 |!",
    "GET /2 200 |b",
  ]],
  ["garbage for a request", [GET("/1"), OK("a"), ">junk junk", GET("/2"), OK("b")], [
    "GET /1 200 |a",
    "GET /2 200 |b",
  ], ["http unparsed: 9 bytes"]],
  ["answers nobody asked for", [OK("a"), GET("/1"), OK("b")], ["GET /1 200 |b"], [
    "http unmatched: 1 events",
    "http unmatched: 1 bytes",
  ]],
  ["gap in a length", [
    GET("/1"),
    "<HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab",
    "<?2",
    "<ef",
    GET("/2"),
    OK("b"),
  ], ["GET /1 200 |ab?2ef", "GET /2 200 |b"]],
  [
    "gap over the end",
    [GET("/1"), "<HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab", "<?9", "<xx", GET("/2"), OK("b")],
    ["GET /1 200 |ab?4", "GET /2 200 |b"],
    ["http unparsed: 2 bytes"],
  ],
  ["gap in a chunk", [GET("/1"), CHUNKED + "4\r\na", "<?2", "<d\r\n0\r\n\r\n"], ["GET /1 200 |a?2d"]],
  ["gap over a chunk's end", [GET("/1"), CHUNKED + "4\r\na", "<?9", "<d\r\n0\r\n\r\n", GET("/2"), OK("b")], [
    "GET /1 200 |!a?9",
    "GET /2 200 |b",
  ], ["http unparsed: 8 bytes"]],
  ["gap over an answer's head", [GET("/1"), "<?30", "<dy", GET("/2"), OK("b")], [
    "GET /1 - |!?30",
    "GET /2 200 |b",
  ], ["http unparsed: 2 bytes"]],
  ["gap over a request", [GET("/1"), OK("a"), OK("b"), ">?40", GET("/3"), OK("c")], [
    "GET /1 200 |a",
    "GET /3 200 |c",
  ], ["http unmatched: 1 events", "http unmatched: 1 bytes"]],
  [
    "gap where answers cannot be told apart",
    [
      GET("/1") + GET("/2").slice(1),
      "<?9",
      OK("?"),
      GET("/3"),
      OK("c"),
    ],
    ["GET /1 - |!?9", "GET /2 - |!"],
    ["http out-of-step: 1 events"],
  ],
];

for (const [name, script, done, losses] of CASES) {
  Deno.test(`http/1: ${name}`, () => {
    for (const size of [1 << 20, 7, 1]) {
      const got = run(script, { size });
      assert.deepEqual(got.done, done, `records of ${size}`);
      assert.deepEqual(got.losses, losses ?? [], `records of ${size}`);
    }
  });
}

Deno.test("http/1: a head that does not end is given up", () => {
  const endless = ">GET /1 HTTP/1.1\r\n" + "a: b\r\n".repeat(20_000);
  for (const size of [1 << 20, 1000]) {
    const { done, losses } = run([endless, GET("/2"), OK("b")], { size });
    assert.deepEqual(done, ["GET /2 200 |b"]);
    assert.deepEqual(losses, [`http unparsed: ${endless.length - 1} bytes`]);
  }
});

Deno.test("http/1: an unclean end leaves a body without a length incomplete", () => {
  const { done } = run([GET("/1"), "<HTTP/1.1 200 OK\r\n\r\nab"], { clean: false });
  assert.deepEqual(done, ["GET /1 200 |!ab"]);
});
