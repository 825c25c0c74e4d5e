import assert from "node:assert/strict";
import { concat } from "../../bytes.ts";
import { type Call, gap, line, recv, send, told } from "./testdata/conversation.ts";
import {
  data,
  frame,
  goAway,
  Headers,
  type HeadersOptions,
  ping,
  PREFACE,
  priority,
  reset,
  settings,
  settingsAck,
  window,
} from "./testdata/frames.ts";

/** A client's and a server's frames, each with its own table. */
class Pair {
  readonly #client = new Headers();
  readonly #server = new Headers();

  ask(
    stream: number,
    path: string,
    options: HeadersOptions & { method?: string; fields?: [string, string][] } = {},
  ) {
    const { method = "GET", fields = [], ...rest } = options;
    const all: [string, string][] = [
      [":method", method],
      [":scheme", "https"],
      [":path", path],
      [":authority", "h"],
      ["x-n", `${stream}`],
      ...fields,
    ];
    return this.#client.frames(stream, all, rest);
  }

  trailers(stream: number) {
    return this.#client.frames(stream, { "x-sum": "1" }, { end: true });
  }

  answer(stream: number, status: number, options: HeadersOptions & { fields?: [string, string][] } = {}) {
    const { fields = [], ...rest } = options;
    return this.#server.frames(stream, [[":status", `${status}`], ["x-s", `${status}`], ...fields], rest);
  }

  server(stream: number, fields: Record<string, string>, options: HeadersOptions = {}) {
    return this.#server.frames(stream, fields, options);
  }
}

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

const HELLO = send(PREFACE, settings(), window(0));
const WELCOME = recv(settings(), settingsAck());

interface Case {
  readonly name: string;
  readonly calls: (pair: Pair) => Call[];
  readonly done: string[];
  readonly sockets?: string[];
  readonly losses?: string[];
}

const CASES: Case[] = [
  {
    name: "a request and its answer",
    calls: (
      p,
    ) => [
      HELLO,
      WELCOME,
      send(p.ask(1, "/1", { end: true })),
      recv(p.answer(1, 200), data(1, "a", { end: true })),
    ],
    done: ["GET /1 200 |a"],
  },
  {
    name: "bodies in many frames, an empty one at the end",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { method: "POST" }), data(1, "ab"), data(1, "c"), data(1, "", { end: true })),
      recv(p.answer(1, 200), data(1, "x"), data(1, ""), data(1, "yz"), data(1, "", { end: true })),
    ],
    done: ["POST /1 200 abc|xyz"],
  },
  {
    name: "the connection ends before the stream: the declared length tells whether all is there",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/2", { end: true }), p.ask(5, "/3", { end: true })),
      recv(p.answer(1, 200, { fields: [["content-length", "2"]] }), data(1, "ab")),
      recv(p.answer(3, 200, { fields: [["content-length", "2"]] }), data(3, "a")),
      recv(p.answer(5, 200), data(5, "ab")),
    ],
    done: ["GET /1 200 |ab", "GET /2 200 |a (incomplete response)", "GET /3 200 |ab (incomplete response)"],
  },
  {
    name: "padding, priority, continuation",
    calls: (p) => [
      HELLO,
      send(
        p.ask(1, "/1", {
          method: "POST",
          padding: 7,
          priority: true,
          cut: 3,
          fields: [["x-long", "y".repeat(50)]],
        }),
        data(1, "ab", { padding: 0 }),
        data(1, "", { padding: 5 }),
        data(1, "c", { end: true, padding: 255 }),
      ),
      recv(p.answer(1, 200, { cut: 1 }), data(1, "x", { end: true, padding: 1 })),
    ],
    done: ["POST /1 200 abc|x"],
  },
  {
    name: "trailers of both sides",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { method: "POST" }), data(1, "ab"), p.trailers(1)),
      recv(p.answer(1, 200), data(1, "x"), p.server(1, { "grpc-status": "0" }, { end: true })),
      send(p.ask(3, "/2", { end: true })),
      recv(p.server(3, { ":status": "200", "grpc-status": "5" }, { end: true })),
    ],
    done: ["POST /1 200 ab|x", "GET /2 200 |"],
  },
  {
    name: "heads that are not the answer yet",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { method: "POST" })),
      recv(p.answer(1, 100)),
      send(data(1, "ab", { end: true })),
      recv(p.answer(1, 103), p.answer(1, 201), data(1, "x", { end: true })),
    ],
    done: ["POST /1 201 ab|x"],
  },
  {
    name: "streams that overlap",
    calls: (p) => [
      HELLO,
      send(
        p.ask(1, "/1", { method: "POST" }),
        p.ask(3, "/3", { method: "POST" }),
        data(1, "a"),
        data(3, "c"),
      ),
      send(data(3, "d", { end: true }), data(1, "b", { end: true })),
      recv(p.answer(3, 200), p.answer(1, 404), data(1, "x"), data(3, "z", { end: true })),
      recv(data(1, "y", { end: true })),
    ],
    done: ["POST /3 200 cd|z", "POST /1 404 ab|xy"],
  },
  {
    name: "an answer that is complete before its request",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { method: "POST" }), data(1, "a")),
      recv(p.answer(1, 413, { end: true })),
      send(data(1, "b", { end: true }), p.ask(3, "/3", { method: "POST" }), data(3, "a")),
      recv(p.answer(3, 413), data(3, "no", { end: true }), reset(3)),
      send(data(3, "in flight")),
    ],
    done: ["POST /1 413 ab|", "POST /3 413 a|no (incomplete request)"],
  },
  {
    name: "streams that are reset, and what is still on its way",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/3", { end: true })),
      recv(p.answer(1, 200), data(1, "x")),
      send(reset(1), window(1)),
      recv(data(1, "late", { end: true }), reset(3)),
    ],
    done: ["GET /1 200 |x (incomplete response)", "GET /3 - | (incomplete response)"],
  },
  {
    name: "going away",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/3", { end: true })),
      recv(goAway(2 ** 31 - 1), goAway(1)),
      recv(p.answer(1, 200, { end: true })),
      send(goAway(0)),
    ],
    done: ["GET /3 - | (incomplete response)", "GET /1 200 |"],
  },
  {
    name: "pushes go through the table and are ignored",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true })),
      recv(p.server(1, { ":path": "/pushed", "x-p": "v" }, { promises: 2, cut: 4 })),
      recv(p.server(2, { ":status": "200", "x-p": "v" }), data(2, "pushed", { end: true })),
      recv(p.answer(1, 200, { fields: [["x-p", "v"]] }), data(1, "x", { end: true })),
    ],
    done: ["GET /1 200 |x"],
    losses: ["http pushed: 1 events"],
  },
  {
    name: "frames that say nothing of exchanges",
    calls: (p) => [
      HELLO,
      WELCOME,
      send(ping(), priority(1), p.ask(1, "/1", { end: true }), window(1), frame(0xfa, 0xff, 77, "grease")),
      recv(frame(0x0c, 0, 0, "origin"), ping(), p.answer(1, 200), settings(), data(1, "a", { end: true })),
    ],
    done: ["GET /1 200 |a"],
  },
  {
    name: "the server speaks first",
    calls: (p) => [
      recv(settings(new Uint8Array(18))),
      send(PREFACE, settings(), p.ask(1, "/1", { end: true })),
      recv(p.answer(1, 200, { end: true })),
    ],
    done: ["GET /1 200 |"],
  },
  {
    name: "a WebSocket in a stream",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/ws", { method: "CONNECT", fields: [[":protocol", "websocket"]] })),
      recv(p.answer(1, 200), data(1, hex("8102 6869")), data(1, hex("8103 61"))),
      send(
        data(1, hex("8182 00000000 6f")),
        p.ask(3, "/3", { end: true }),
        data(1, hex("6b"), { end: true }),
      ),
      recv(p.answer(3, 200, { end: true }), data(1, hex("6263"), { end: true })),
    ],
    done: ["CONNECT https://h/ws 200 |", "GET /3 200 |"],
    sockets: ["1: server hi", "1: client ok", "1: server abc", "1: end"],
  },
  {
    name: "a WebSocket that loses bytes, and its stream",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/ws", { method: "CONNECT", fields: [[":protocol", "websocket"]] })),
      recv(p.answer(1, 200), data(1, hex("8102 6869 8103 616263")).subarray(0, 16)),
      gap("recv", 2),
      recv(ping(), data(1, hex("8102 6f6b"))),
      send(reset(1)),
      recv(data(1, hex("8102 6869"))),
    ],
    done: ["CONNECT https://h/ws 200 |"],
    sockets: ["1: server hi", "1: server ?2", "1: server a", "1: server ok", "1: end"],
  },
  {
    name: "a WebSocket when its connection lost its place: nobody knows how much is missing",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/ws", { method: "CONNECT", fields: [[":protocol", "websocket"]] })),
      recv(p.answer(1, 200), data(1, hex("8104 6162")), hex("000001 0904 00000001 00")),
      recv(data(1, hex("6364 8102 6869"))),
      send(reset(1)),
    ],
    done: ["CONNECT https://h/ws 200 |"],
    sockets: ["1: server ab", "1: server ?0", "1: end"],
    losses: ["http unparsed: 10 bytes", "websocket unparsed: 6 bytes"],
  },
  {
    name: "CONNECT to something else",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/x", { method: "CONNECT", fields: [[":protocol", "connect-udp"]] })),
      recv(p.answer(1, 200), data(1, "x")),
      send(data(1, "y"), p.ask(3, "/3", { end: true })),
      recv(p.answer(3, 200, { end: true })),
    ],
    done: ["CONNECT https://h/x 200 |", "GET /3 200 |"],
    losses: ["protocol upgraded: 1 events"],
  },
  {
    name: "a connection that ends in the middle",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/3", { method: "POST" }), data(3, "ab").subarray(0, 10)),
      recv(p.answer(1, 200), data(1, "xyz").subarray(0, 10)),
    ],
    done: ["GET /1 200 |x (incomplete response)", "POST /3 - a| (incomplete request response)"],
  },
  {
    name: "a gap in data is its stream's",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/3", { end: true })),
      recv(p.answer(1, 200), p.answer(3, 200), data(1, "abcdef").subarray(0, 10)),
      gap("recv", 3),
      recv(new TextEncoder().encode("ef"), data(1, "!", { end: true }), data(3, "z", { end: true })),
    ],
    done: ["GET /1 200 |a?3ef!", "GET /3 200 |z"],
  },
  {
    name: "a gap over frames is everybody's, and tables go on from there",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/3", { end: true })),
      recv(p.answer(1, 200), p.answer(3, 404), data(1, "abcdef").subarray(0, 10)),
      gap("recv", 30),
      recv(new TextEncoder().encode("tail")),
      recv(data(3, "z", { end: true })),
      send(p.ask(5, "/5", { end: true })),
      recv(p.answer(5, 404), data(5, "q", { end: true })),
    ],
    done: [
      "GET /3 404 |?25z (incomplete response)",
      "GET /5 404 |q",
      "GET /1 200 |a?5?25 (incomplete response)",
    ],
    losses: ["http unparsed: 4 bytes"],
  },
  {
    name: "a gap in a request's head",
    calls: (p) => {
      const head = p.ask(1, "/1", { end: true });
      return [
        HELLO,
        send(head.subarray(0, 12)),
        gap("send", 4),
        send(head.subarray(16), p.ask(3, "/3", { end: true })),
        recv(p.answer(1, 200), data(1, "x", { end: true }), p.answer(3, 200, { end: true })),
      ];
    },
    done: ["GET /3 200 |"],
    losses: ["http undecodable: 1 events", "http unmatched: 1 events", "http unmatched: 1 bytes"],
  },
  {
    name: "a gap in an answer's head",
    calls: (p) => {
      const head = p.answer(1, 500);
      return [
        HELLO,
        send(p.ask(1, "/1", { end: true })),
        recv(head.subarray(0, 12)),
        gap("recv", 2),
        recv(head.subarray(14), data(1, "x", { end: true })),
      ];
    },
    done: ["GET /1 - |?2 (incomplete response)"],
    losses: ["http undecodable: 1 events"],
  },
  {
    name: "a request whose end was missed ends with its answer",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { method: "POST" }), data(1, "ab")),
      gap("send", 20),
      recv(p.answer(1, 200), data(1, "x", { end: true })),
      recv(ping()),
    ],
    done: ["POST /1 200 ab?20|x (incomplete request)"],
  },
  {
    name: "frames that cannot be",
    calls: (p) => [
      HELLO,
      send(p.ask(1, "/1", { end: true }), p.ask(3, "/3", { end: true })),
      recv(p.answer(1, 200, { end: true })),
      recv(data(0, "nobody's")),
      recv(p.answer(3, 200, { end: true })),
    ],
    done: ["GET /1 200 |", "GET /3 200 |?0 (incomplete response)"],
    losses: ["http unparsed: 17 bytes"],
  },
];

for (const { name, calls, done, sockets = [], losses = [] } of CASES) {
  Deno.test(`http/2: ${name}`, () => {
    const list = calls(new Pair());
    for (const size of [1 << 20, 10, 1]) {
      const got = told(list, { sizes: [size] });
      assert.deepEqual(got.seen.map(line), done, `pieces of ${size}`);
      assert.deepEqual(got.sockets, sockets, `pieces of ${size}`);
      assert.deepEqual(got.losses, losses, `pieces of ${size}`);
      assert.deepEqual(got.spoken, ["http2"], `pieces of ${size}`);
    }
  });

  Deno.test(`http/2: ${name}, as the server saw it`, () => {
    const list = calls(new Pair()).map((call): Call => ({
      ...call,
      dir: call.dir === "send" ? "recv" : "send",
    }));
    const got = told(list);
    assert.deepEqual(got.seen.map(line), done);
    assert.ok(got.seen.every(({ role }) => role === "server"));
  });
}

Deno.test("http/2: heads, indices and threads", () => {
  const pair = new Pair();
  const fields: [string, string][] = [["cookie", "a=1"], ["x", "1"], ["cookie", "b=2"], ["x", "2"]];
  const { seen } = told([
    HELLO,
    WELCOME,
    send(pair.ask(1, "/1", { end: true, fields })),
    send(pair.ask(3, "/3?q", { end: true, fields: [["host", "other"]] })),
    recv(
      pair.answer(3, 200, { end: true }),
      pair.answer(1, 200, { end: true, fields: [["set-cookie", "a"]] }),
    ),
  ], { sizes: [3] });
  assert.deepEqual(
    seen.map(({ index, tid, target, headers, answerHeaders }) => ({
      index,
      tid,
      target,
      headers,
      answerHeaders,
    })),
    [
      {
        index: 2,
        tid: 4,
        target: "/3?q",
        headers: { "x-n": "3", host: "other" },
        answerHeaders: { "x-s": "200" },
      },
      {
        index: 1,
        tid: 3,
        target: "/1",
        headers: { "x-n": "1", cookie: "a=1; b=2", x: "1, 2", host: "h" },
        answerHeaders: { "x-s": "200", "set-cookie": "a" },
      },
    ],
  );
});

Deno.test("http/2: data is handed on as it came", () => {
  const pair = new Pair();
  const body = "x".repeat(1 << 20);
  const frames = concat([pair.ask(1, "/1", { method: "POST" }), data(1, body, { end: true })]);
  const { seen } = told([HELLO, send(frames)], { sizes: [16_384] });
  assert.deepEqual(seen.map(({ sent, incomplete }) => [sent.length, incomplete]), [[1 << 20, "response"]]);
});

Deno.test("http/2: more streams than anybody opens", () => {
  const pair = new Pair();
  const ids = Array.from({ length: 300 }, (_, i) => 2 * i + 1);
  const { seen, losses } = told([HELLO, send(...ids.map((id) => pair.ask(id, `/${id}`, { end: true })))]);
  assert.deepEqual(seen.map(({ target }) => target), ids.map((id) => `/${id}`));
  assert.deepEqual(losses, ["http evicted: 44 events"]);
});

Deno.test("http/2: a header block without an end", () => {
  const pair = new Pair();
  const block = pair.ask(1, "/1", { cut: 1_000, fields: [["x", "y".repeat(100_000)]], end: true });
  const { seen, losses } = told([HELLO, send(block, pair.ask(3, "/3", { end: true }))]);
  assert.deepEqual(seen.map(line), ["GET /3 - | (incomplete response)"]);
  assert.deepEqual(losses, ["http undecodable: 1 events"]);
});
