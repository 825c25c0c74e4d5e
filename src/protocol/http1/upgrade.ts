/** What the two heads of an upgrade agreed on, where it is not a WebSocket. */
import type { Exchange, RequestHead, ResponseHead } from "../exchange.ts";

/** HTTP/2 on a connection that is not encrypted (RFC 7540, section 3.2): the answer follows in its first stream. */
export function opensHttp2(request: RequestHead, response: ResponseHead): boolean {
  const asked = request.headers.get("upgrade") ?? "";
  const asksForIt = asked.toLowerCase().split(",").some((protocol) => protocol.trim() === "h2c");
  const granted = response.headers.get("upgrade") ?? "";
  return response.status === 101 && asksForIt && granted.trim().toLowerCase() === "h2c";
}

/** Whether a CONNECT was let through. */
export function tunnels({ request, response }: Exchange): boolean {
  const status = response.head?.status ?? 0;
  return request.head.method === "CONNECT" && status >= 200 && status < 300;
}

/** Whether what follows is not HTTP/1 any more. */
export function switches(exchange: Exchange): boolean {
  return exchange.response.head?.status === 101 || tunnels(exchange);
}
