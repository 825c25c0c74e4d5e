/** Bytes that were missed, that cannot be, and connections that end early. */
import { gap, recv, send } from "./testdata/conversation.ts";
import { HELLO, testExchanges } from "./testdata/exchanges.ts";
import { data, ping } from "./testdata/frames.ts";

testExchanges([
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
]);
