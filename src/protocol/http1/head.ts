/** The start line and the fields of an HTTP/1 message (RFC 9112). */
import { latin1 } from "../../bytes.ts";
import type { Headers, RequestHead, ResponseHead } from "../exchange.ts";

/** What tells requests from answers: everything else about a message is the same. */
export interface Dialect<H> {
  /** Whether bytes without a line end yet can still become a start line. */
  readonly prefix: RegExp;
  readonly startLine: RegExp;
  readonly build: (line: RegExpExecArray, headers: Headers) => H;
}

export const REQUEST: Dialect<RequestHead> = {
  prefix: /^[A-Z][A-Z_-]{0,31}(?: [!-\xff]*(?: (?:H(?:T(?:T(?:P(?:\/(?:1(?:\.(?:\d\r?)?)?)?)?)?)?)?)?)?)?$/,
  startLine: /^([A-Z][A-Z_-]{0,31}) ([!-\xff]+) HTTP\/(1\.\d)$/,
  build: (line, headers) => ({ method: line[1]!, target: line[2]!, version: line[3]!, headers }),
};

export const RESPONSE: Dialect<ResponseHead> = {
  prefix: /^H(?:T(?:T(?:P(?:\/(?:1(?:\.(?:\d(?: .*\r?)?)?)?)?)?)?)?)?$/s,
  startLine: /^HTTP\/(1\.\d) (\d{3})(?: .*)?$/,
  build: (line, headers) => ({ version: line[1]!, status: Number(line[2]), headers }),
};

/** The first line without its end, or null when there is no line end yet. */
export function firstLine(bytes: Uint8Array): string | null {
  const end = bytes.indexOf(10);
  if (end < 0) return null;
  return latin1(bytes.subarray(0, end > 0 && bytes[end - 1] === 13 ? end - 1 : end));
}

/** Lines that are not fields are skipped: real servers send worse and clients accept it. */
export function parseHead<H>(dialect: Dialect<H>, bytes: Uint8Array): H | null {
  const lines = latin1(bytes).split("\n");
  const start = dialect.startLine.exec(lines[0]!.replace(/\r$/, ""));
  if (!start) return null;
  const headers = new Map<string, string>();
  let last = "";
  for (const line of lines.slice(1)) {
    // A folded line goes on with the value before it.
    if (line.startsWith(" ") || line.startsWith("\t")) {
      const known = headers.get(last);
      if (known !== undefined) headers.set(last, `${known} ${line.trim()}`.trim());
      continue;
    }
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    last = name;
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return dialect.build(start, headers);
}
