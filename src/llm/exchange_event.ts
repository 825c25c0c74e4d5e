/** The `http.exchange` event. Header values are as sent: redaction is a later stage's work. */
import type { Actor, Draft, HttpExchanged, Peer } from "../event.ts";
import type { Exchange } from "../protocol/exchange.ts";

export function exchangeEvent(exchange: Exchange, peer: Peer | null): Draft<HttpExchanged> {
  const { request, response } = exchange;
  const gaps = request.gaps + response.gaps;
  return {
    ...actorOf(exchange),
    ts: exchange.last,
    kind: "http.exchange",
    method: request.head.method,
    url: urlOf(exchange),
    status: response.head?.status || null,
    version: request.head.version,
    req_headers: Object.fromEntries(request.head.headers),
    resp_headers: Object.fromEntries(response.head?.headers ?? []),
    req_bytes: request.bytes,
    resp_bytes: response.bytes,
    duration_ms: (exchange.last - exchange.start) / 1000,
    role: exchange.role,
    peer,
    complete: request.complete && response.complete && gaps === 0,
    gaps,
  };
}

/** The fields of an event that say who did it. */
export function actorOf({ actor: { pid, tid, start, comm } }: { actor: Actor }): Actor {
  return { pid, tid, start, comm };
}

/** TLS or not is known from where the plain text was taken. */
export function urlOf({ transport, request: { head } }: Exchange): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(head.target)) return head.target;
  if (head.method === "CONNECT") return `https://${head.target}`;
  return `${transport === "tls" ? "https" : "http"}://${head.headers.get("host") ?? ""}${head.target}`;
}
