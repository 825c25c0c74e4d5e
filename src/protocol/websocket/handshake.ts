/** What the two heads that opened a WebSocket agreed on (RFC 6455, section 4; RFC 7692, section 7). */
import { createHash } from "node:crypto";
import type { RequestHead, ResponseHead } from "../exchange.ts";

const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Whether an HTTP/1 exchange turned its connection into a WebSocket. */
export function opensWebSocket(request: RequestHead, response: ResponseHead): boolean {
  if (response.status !== 101 || !items(request.headers.get("upgrade")).includes("websocket")) return false;
  const chosen = response.headers.get("upgrade");
  if (chosen !== undefined && chosen.trim().toLowerCase() !== "websocket") return false;
  const key = request.headers.get("sec-websocket-key");
  const accept = response.headers.get("sec-websocket-accept");
  if (key === undefined || accept === undefined) return true;
  return accept === createHash("sha1").update(key + ACCEPT_GUID).digest("base64");
}

/** permessage-deflate as agreed: whether messages of a side may refer to its earlier ones. */
export interface DeflateTerms {
  readonly takeover: { readonly client: boolean; readonly server: boolean };
}

/**
 * Null without permessage-deflate. Window sizes do not matter: the largest window, which is 32 KiB, reads what was written
 * for any.
 */
export function deflateTerms({ headers }: ResponseHead): DeflateTerms | null {
  for (const extension of items(headers.get("sec-websocket-extensions"))) {
    const [name, ...parameters] = extension.split(";").map((part) => part.trim());
    if (name !== "permessage-deflate") continue;
    const takeover = (side: string) => !parameters.includes(`${side}_no_context_takeover`);
    return { takeover: { client: takeover("client"), server: takeover("server") } };
  }
  return null;
}

function items(field: string | undefined): string[] {
  return (field ?? "").toLowerCase().split(",").map((item) => item.trim());
}
