/** Header fields as the heads of an exchange (RFC 9113, section 8.3). What is not known is left out. */
import { type RequestHead, type ResponseHead, UNKNOWN_METHOD } from "../exchange.ts";
import type { Field } from "./dynamic_table.ts";

const VERSION = "2";

/** Who can have sent these fields; null when they are trailers, or all that would tell is not known. */
export function senderOf(fields: readonly Field[]): "client" | "server" | null {
  for (const [name] of fields) {
    if (name === ":status") return "server";
    if (name?.startsWith(":")) return "client";
  }
  return null;
}

export function requestHead(fields: readonly Field[]): RequestHead {
  const method = pseudo(fields, ":method") ?? UNKNOWN_METHOD;
  const authority = pseudo(fields, ":authority");
  const headers = headersOf(fields);
  if (authority !== null && !headers.has("host")) headers.set("host", authority);
  return { method, target: targetOf(fields, authority ?? ""), version: VERSION, headers };
}

export function responseHead(fields: readonly Field[]): ResponseHead {
  const status = pseudo(fields, ":status") ?? "";
  return {
    status: /^[1-9]\d\d$/.test(status) ? Number(status) : 0,
    version: VERSION,
    headers: headersOf(fields),
  };
}

/** A CONNECT names only where to, except for one that asks for a protocol (RFC 8441): that has a whole URL. */
function targetOf(fields: readonly Field[], authority: string): string {
  if (pseudo(fields, ":method") !== "CONNECT") return pseudo(fields, ":path") ?? "";
  if (pseudo(fields, ":protocol") === null) return authority;
  return `${pseudo(fields, ":scheme") ?? "https"}://${authority}${pseudo(fields, ":path") ?? ""}`;
}

export function pseudo(fields: readonly Field[], wanted: string): string | null {
  return fields.find(([name]) => name === wanted)?.[1] ?? null;
}

function headersOf(fields: readonly Field[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of fields) {
    if (!name || name.startsWith(":") || value === null) continue;
    const earlier = headers.get(name);
    // Clients send a cookie in pieces, so that each can be compressed by itself.
    const joint = name === "cookie" ? "; " : ", ";
    headers.set(name, earlier === undefined ? value : `${earlier}${joint}${value}`);
  }
  return headers;
}
