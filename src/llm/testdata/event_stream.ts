/** Writes `application/vnd.amazon.eventstream`. */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { bytesOf, chunked, join, type ReplyOptions, type Turn } from "./wire.ts";

/** Headers are strings, by their name without the colon. */
export interface AmazonMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

export function amazonEvent(type: string, payload: unknown): AmazonMessage {
  const headers = { "event-type": type, "content-type": "application/json", "message-type": "event" };
  return { headers, payload };
}

export function amazonException(type: string, message: string): AmazonMessage {
  const headers = { "exception-type": type, "content-type": "application/json", "message-type": "exception" };
  return { headers, payload: { message } };
}

/** InvokeModel wraps each event of the model's maker. `p` is padding of a varying length. */
export function amazonChunk(native: unknown): AmazonMessage {
  const bytes = Buffer.from(JSON.stringify(native)).toString("base64");
  return amazonEvent("chunk", { bytes, p: "abcdefgh" });
}

/** A stream, one chunk a message. */
export function amazonStream(messages: readonly AmazonMessage[], options: ReplyOptions = {}): Turn {
  const headers = {
    "Content-Type": "application/vnd.amazon.eventstream",
    "x-amzn-RequestId": "aws-1",
    ...options.headers,
  };
  return chunked(messages.map(encoded), { ...options, headers });
}

function encoded({ headers, payload }: AmazonMessage): Uint8Array {
  const fields = join(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = bytesOf(JSON.stringify(payload));
  const message = new Uint8Array(16 + fields.length + body.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length);
  view.setUint32(4, fields.length);
  view.setUint32(8, crc32(message.subarray(0, 8)));
  message.set(fields, 12);
  message.set(body, 12 + fields.length);
  view.setUint32(message.length - 4, crc32(message.subarray(0, -4)));
  return message;
}

const STRING = 7;

function header(name: string, value: string): Uint8Array {
  const [key, text] = [bytesOf(`:${name}`), bytesOf(value)];
  return join([
    Uint8Array.of(key.length),
    key,
    Uint8Array.of(STRING, text.length >> 8, text.length & 255),
    text,
  ]);
}
