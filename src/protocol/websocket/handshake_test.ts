import assert from "node:assert/strict";
import { deflateTerms, opensWebSocket } from "./handshake.ts";

/** RFC 6455, section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

type Fields = Record<string, string>;

const HANDSHAKES: [name: string, request: Fields, response: Fields, opens: boolean][] = [
  ["the standard's own", { upgrade: "websocket", "sec-websocket-key": KEY }, {
    upgrade: "websocket",
    "sec-websocket-accept": ACCEPT,
  }, true],
  ["other letters", { upgrade: "h2c, WebSocket" }, { upgrade: "WebSocket" }, true],
  ["the least", { upgrade: "websocket" }, {}, true],
  ["an accept for another key", { upgrade: "websocket", "sec-websocket-key": "x" }, {
    upgrade: "websocket",
    "sec-websocket-accept": ACCEPT,
  }, false],
  ["another protocol", { upgrade: "h2c" }, { upgrade: "h2c" }, false],
  ["the other of two", { upgrade: "websocket, h2c" }, { upgrade: "h2c" }, false],
  ["none asked for", {}, { upgrade: "websocket" }, false],
];

for (const [name, request, response, opens] of HANDSHAKES) {
  Deno.test(`websocket handshake: ${name}`, () => {
    const head = { method: "GET", target: "/", version: "1.1", headers: new Map(Object.entries(request)) };
    const answer = { status: 101, version: "1.1", headers: new Map(Object.entries(response)) };
    assert.equal(opensWebSocket(head, answer), opens);
    assert.equal(opensWebSocket(head, { ...answer, status: 200 }), false);
  });
}

const EXTENSIONS: [field: string | null, client: boolean | null, server: boolean | null][] = [
  [null, null, null],
  ["", null, null],
  ["x-webkit-deflate-frame", null, null],
  ["permessage-deflate", true, true],
  ["Permessage-Deflate; server_max_window_bits=10; client_max_window_bits=15", true, true],
  ["permessage-deflate;client_no_context_takeover", false, true],
  ["a; b=c, permessage-deflate ; server_no_context_takeover", true, false],
  [
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits="8"',
    ...[
      false,
      false,
    ] as const,
  ],
];

for (const [field, client, server] of EXTENSIONS) {
  Deno.test(`websocket handshake: extensions ${field}`, () => {
    const headers = new Map(field === null ? [] : [["sec-websocket-extensions", field]]);
    const terms = deflateTerms({ status: 101, version: "1.1", headers });
    assert.deepEqual(terms, client === null ? null : { takeover: { client, server } });
  });
}
