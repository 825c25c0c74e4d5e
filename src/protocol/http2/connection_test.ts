import assert from "node:assert/strict";
import { concat } from "../../bytes.ts";
import { line, recv, send, told } from "./testdata/conversation.ts";
import { HELLO, Pair, testExchanges, WELCOME } from "./testdata/exchanges.ts";
import { data, frame, goAway, ping, PREFACE, priority, reset, settings, window } from "./testdata/frames.ts";

testExchanges([
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
]);

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
