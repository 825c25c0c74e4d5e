/** CONNECT: WebSockets in streams, and what else is asked for. */
import { gap, recv, send } from "./testdata/conversation.ts";
import { HELLO, testExchanges } from "./testdata/exchanges.ts";
import { data, ping, reset } from "./testdata/frames.ts";

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

testExchanges([
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
]);
