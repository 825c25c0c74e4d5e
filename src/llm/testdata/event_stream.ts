/** Answers of Amazon Bedrock in `application/vnd.amazon.eventstream`. */
import { Buffer } from "node:buffer";
import { amazonEvent } from "../../protocol/body/testdata/event_stream.ts";
import { chunked, type ReplyOptions, type Turn } from "./wire.ts";

/** InvokeModel wraps each event of the model's maker. `p` is padding of a varying length. */
export function amazonChunk(native: unknown): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(native)).toString("base64");
  return amazonEvent("chunk", { bytes, p: "abcdefgh" });
}

/** A stream, one chunk a message. */
export function amazonStream(messages: readonly Uint8Array[], options: ReplyOptions = {}): Turn {
  const headers = {
    "Content-Type": "application/vnd.amazon.eventstream",
    "x-amzn-RequestId": "aws-1",
    ...options.headers,
  };
  return chunked(messages, { ...options, headers });
}
