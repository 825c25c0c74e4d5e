/** What an application said, without the framing that its protocol cuts it up with. */
import { concat } from "../../src/bytes.ts";

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA = 0;
const PADDED = 0x8;

/** A client's plain text as one string: HTTP/1.1 as it is, of HTTP/2 each stream's data, of WebSocket the messages. */
export function sentText(bytes: Uint8Array): string {
  const text = new TextDecoder();
  const head = text.decode(bytes.subarray(0, 1 << 14));
  if (head.startsWith(preface)) return text.decode(http2Data(bytes.subarray(preface.length)));
  const end = head.indexOf("\r\n\r\n");
  const isUpgrade = /^upgrade: *websocket/im.test(head.slice(0, end));
  return text.decode(isUpgrade ? webSocketMessages(bytes.subarray(end + 4)) : bytes);
}

/** RFC 9113: 3 bytes of length, type, flags, 4 bytes of stream. */
function http2Data(bytes: Uint8Array): Uint8Array {
  const streams = new Map<number, Uint8Array[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0, size = 0; at + 9 <= bytes.length; at += 9 + size) {
    size = view.getUint32(at) >>> 8;
    if (bytes[at + 3] !== DATA) continue;
    const stream = view.getUint32(at + 5) & 0x7fff_ffff;
    const padded = (bytes[at + 4]! & PADDED) !== 0;
    const padding = padded ? bytes[at + 9]! : 0;
    const data = bytes.subarray(at + (padded ? 10 : 9), at + 9 + size - padding);
    streams.set(stream, [...streams.get(stream) ?? [], data]);
  }
  return concat([...streams.values()].flat());
}

/** RFC 6455: what a client sends is masked. */
function webSocketMessages(bytes: Uint8Array): Uint8Array {
  const messages: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 6 <= bytes.length;) {
    const short = bytes[at + 1]! & 0x7f;
    const wide = { 126: 2, 127: 8 }[short] ?? 0;
    const size = wide === 0 ? short : wide === 2 ? view.getUint16(at + 2) : Number(view.getBigUint64(at + 2));
    const mask = bytes.subarray(at + 2 + wide, at + 6 + wide);
    const payload = bytes.subarray(at + 6 + wide, at += 6 + wide + size);
    messages.push(payload.map((byte, index) => byte ^ mask[index % 4]!));
  }
  return concat(messages);
}
