/** Writes `application/vnd.amazon.eventstream`. */
import { crc32 } from "node:zlib";
import { concat } from "../../../bytes.ts";

const JSON_CONTENT = { ":content-type": "application/json" };
const STRING = 7;

export function amazonEvent(type: string, payload: unknown): Uint8Array<ArrayBuffer> {
  return amazonMessage({ ":event-type": type, ...JSON_CONTENT, ":message-type": "event" }, payload);
}

export function amazonException(type: string, message: string): Uint8Array<ArrayBuffer> {
  return amazonMessage({ ":exception-type": type, ...JSON_CONTENT, ":message-type": "exception" }, {
    message,
  });
}

/** The headers are strings, the payload is JSON. */
export function amazonMessage(
  headers: Readonly<Record<string, string>>,
  payload: unknown,
): Uint8Array<ArrayBuffer> {
  const fields = Object.entries(headers).map(([name, value]) => stringHeader(name, value));
  return amazonFrame(concat(fields), encode(JSON.stringify(payload)));
}

/** Lengths, their checksum, headers, payload, checksum. */
export function amazonFrame(headers: Uint8Array, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16 + headers.length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, headers.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(headers, 12);
  bytes.set(payload, 12 + headers.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
  return bytes;
}

function stringHeader(name: string, value: string): Uint8Array {
  const [key, text] = [encode(name), encode(value)];
  const lead = Uint8Array.of(STRING, text.length >> 8, text.length & 255);
  return concat([Uint8Array.of(key.length), key, lead, text]);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
