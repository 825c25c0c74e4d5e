/** Where the body of a message ends (RFC 9112, section 6). */
import type { Headers, RequestHead, ResponseHead } from "../exchange.ts";

export type Framing =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  /** The body ends with the connection. */
  | { readonly kind: "close" }
  /** Not the answer yet: another head follows (1xx). */
  | { readonly kind: "interim" }
  /** What follows is another protocol. */
  | { readonly kind: "upgrade" }
  | { readonly kind: "invalid" };

const EMPTY: Framing = { kind: "length", length: 0 };

export function requestFraming(head: RequestHead): Framing {
  return declared(head.headers) ?? EMPTY;
}

export function responseFraming(head: ResponseHead, method: string): Framing {
  const { status } = head;
  if (status === 101 || (method === "CONNECT" && status >= 200 && status < 300)) return { kind: "upgrade" };
  if (status < 200) return { kind: "interim" };
  if (method === "HEAD" || status === 204 || status === 304) return EMPTY;
  return declared(head.headers) ?? { kind: "close" };
}

/** Transfer-Encoding overrides Content-Length. */
function declared(headers: Headers): Framing | null {
  const coding = headers.get("transfer-encoding");
  if (coding !== undefined) {
    return /(?:^|,)\s*chunked\s*$/i.test(coding) ? { kind: "chunked" } : { kind: "close" };
  }
  const field = headers.get("content-length");
  if (field === undefined) return null;
  const values = new Set(field.split(",").map((value) => value.trim()));
  const [value] = values;
  if (values.size !== 1 || !/^\d{1,15}$/.test(value!)) return { kind: "invalid" };
  return { kind: "length", length: Number(value) };
}
