import assert from "node:assert/strict";
import { concat } from "../../src/bytes.ts";
import { sentText } from "./sent_text.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** HTTP/2: type, flags, stream, payload. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(0, 0, payload.length, type, flags, 0, 0, 0, stream), payload]);
}

function masked(text: string, head: readonly number[]): Uint8Array {
  const mask = [1, 2, 3, 4];
  return concat([Uint8Array.from([...head, ...mask]), encode(text).map((byte, at) => byte ^ mask[at % 4]!)]);
}

const upgrade = encode("GET /v1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
const long = "x".repeat(300);

const cases: [name: string, bytes: Uint8Array, text: string][] = [
  ["HTTP/1.1 as it is", encode("POST / HTTP/1.1\r\n\r\nhé"), "POST / HTTP/1.1\r\n\r\nhé"],
  [
    "HTTP/2 stream by stream, without padding and other frames",
    concat([
      encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      frame(4, 0, 0, Uint8Array.of(0, 3, 0, 0, 0, 1)),
      frame(0, 0, 1, encode("one, ")),
      frame(0, 8, 3, concat([Uint8Array.of(2), encode("three"), Uint8Array.of(0, 0)])),
      frame(0, 1, 1, encode("again; ")),
    ]),
    "one, again; three",
  ],
  [
    "WebSocket messages unmasked, short and long",
    concat([upgrade, masked("short ", [0x81, 0x86]), masked(long, [0x81, 0xfe, 1, 44])]),
    `short ${long}`,
  ],
];

for (const [name, bytes, text] of cases) {
  Deno.test(`${name}`, () => assert.equal(sentText(bytes), text));
}
