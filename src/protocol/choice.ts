/** Which protocol a connection speaks, from the first bytes of a direction. Later protocols are added here. */
import { latin1 } from "../bytes.ts";
import { firstLine, REQUEST } from "./http1/head.ts";
import { beginsWithFrames } from "./http2/frame.ts";

export type Choice =
  | "http1"
  | "http2"
  /** A frame of HTTP/2: a server's first one, or one from the middle of a connection. Random bytes can look like it. */
  | "frame"
  /** Two of them, which is no accident. */
  | "frames"
  /** A TLS handshake begins. */
  | "tls"
  | "other"
  | "undecided";

/** A request line longer than this is not waited for. */
const MAX_REQUEST_LINE = 16_384;
const TLS_HANDSHAKE = 22, TLS_MAJOR_VERSION = 3;
const HTTP2_PREFACE = "PRI * HTTP/2.0";

/** `http1` needs a whole request line: an answer alone says nothing certain about what was asked. */
export function chooseProtocol(bytes: Uint8Array): Choice {
  // No text starts with a zero, and every frame of a usual length does.
  if (bytes[0] === 0) return beginsWithFrames(bytes);
  if (bytes[0] === TLS_HANDSHAKE) {
    if (bytes.length === 1) return "undecided";
    return bytes[1] === TLS_MAJOR_VERSION ? "tls" : "other";
  }
  const line = firstLine(bytes);
  if (line === null) {
    if (bytes.length >= MAX_REQUEST_LINE) return "other";
    const start = latin1(bytes.subarray(0, 256));
    return REQUEST.prefix.test(start) || `${HTTP2_PREFACE}\r`.startsWith(start) ? "undecided" : "other";
  }
  if (line === HTTP2_PREFACE) return "http2";
  return REQUEST.startLine.test(line) ? "http1" : "other";
}
