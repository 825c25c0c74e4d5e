/** Which protocol a connection speaks, from the first bytes of a direction. Later protocols are added here. */
import { firstLine, latin1, REQUEST } from "./http1/head.ts";

export type Choice = "http1" | "http2" | "other" | "undecided";

/** A request line longer than this is not waited for. */
const MAX_REQUEST_LINE = 16_384;
const HTTP2_PREFACE = "PRI * HTTP/2.0";

/** `http1` needs a whole request line: an answer alone says nothing certain about what was asked. */
export function chooseProtocol(bytes: Uint8Array): Choice {
  const line = firstLine(bytes);
  if (line === null) {
    if (bytes.length >= MAX_REQUEST_LINE) return "other";
    const start = latin1(bytes.subarray(0, 256));
    return REQUEST.prefix.test(start) || `${HTTP2_PREFACE}\r`.startsWith(start) ? "undecided" : "other";
  }
  if (line === HTTP2_PREFACE) return "http2";
  return REQUEST.startLine.test(line) ? "http1" : "other";
}
