/** With whom a process was connected, of the events of one batch. */
import type { Endpoint, Event, NetPeered } from "../event.ts";

export const CONNECTION_SUMS = [
  /** Connections made, listened for or accepted, or ways that datagrams went, by role. */
  "times",
  "failed",
  /** Nonblocking, and nobody waited for how it ended; or the thread died within the call. */
  "uncertain",
  "latency_us",
  "sent_bytes",
  "received_bytes",
  "closed",
] as const;

/**
 * `out`: it connected, or sent; `in`: it accepted, and `port` is its own, as those of clients are new each time;
 * `listen`: `addr` and `port` are its own; `pair`: of a unix socket without a name, such as socketpair(2) gives.
 */
export type Role = "out" | "in" | "listen" | "pair";

export interface ConnectionSums extends Record<typeof CONNECTION_SUMS[number], number> {
  readonly role: Role;
  readonly family: string;
  readonly addr: string;
  readonly port: number;
  readonly transport: string;
  /** The last error, a negative errno. */
  error: number | null;
  latency_max: number;
  first: number;
  last: number;
  peer: NetPeered["peer"] | null;
}

/** A name of an address, and who said so. */
export interface HostName {
  readonly addr: string;
  /** 0: of every port. */
  readonly port: number;
  readonly host: string;
  readonly source: "sni" | "http" | "dns" | "connect";
}

const EINPROGRESS = -115;
/** Of each kind of end; the oldest are forgotten. */
const MOST_ENDS = 4096;

/** Tells a connection that was accepted from one that was made: at its close nothing else does. */
export class Served {
  /** Ports, and paths of unix sockets, that something listens on or accepted from. */
  readonly #served = new Set<string | number>();
  /** Paths of unix sockets that a process connected to: both ends of such a connection have the same address. */
  readonly #asked = new Set<string>();

  serve({ family, addr }: Endpoint, port: number): void {
    remember(this.#served, family === "unix" ? addr : port);
  }

  ask({ family, addr, pid, start }: Event & Endpoint): void {
    if (family === "unix") remember(this.#asked, `${pid}:${start} ${addr}`);
  }

  roleOf(
    { family, addr, pid, start, local_port }: Event & Endpoint & { readonly local_port?: number },
  ): Role {
    if (family !== "unix") return local_port !== undefined && this.#served.has(local_port) ? "in" : "out";
    if (addr === "") return "pair";
    return this.#served.has(addr) && !this.#asked.has(`${pid}:${start} ${addr}`) ? "in" : "out";
  }
}

function remember<T>(ends: Set<T>, end: T): void {
  ends.add(end);
  if (ends.size <= MOST_ENDS) return;
  for (const oldest of ends) {
    ends.delete(oldest);
    break;
  }
}

/** Whether the other end is known; a socket that was never connected has port 0. */
function hasPeer({ family, addr, port }: Endpoint): boolean {
  return family === "unix" ? addr !== "" : port !== 0;
}

/** Adds a network event to the sums of a process; other events are left alone. */
export function addConnection(
  sums: { readonly connections: Map<string, ConnectionSums>; readonly hosts: Map<string, HostName> },
  { event, served }: { readonly event: Event; readonly served: Served },
): void {
  const { connections, hosts } = sums;
  switch (event.kind) {
    case "net.connect": {
      served.ask(event);
      const to = sumsOf(connections, event, { role: "out", transport: event.transport, port: event.port });
      outcome(to, event.result === EINPROGRESS ? null : event.result);
      to.latency_us += event.latency_us;
      to.latency_max = Math.max(to.latency_max, event.latency_us);
      return addHost(hosts, event, { host: event.host, source: "connect" });
    }
    case "net.send":
      sumsOf(connections, event, { role: "out", transport: "datagram", port: event.port }).times++;
      return addHost(hosts, event, { host: event.host, source: "connect" });
    case "net.listen":
      served.serve(event, event.port);
      return outcome(
        sumsOf(connections, event, { role: "listen", transport: "stream", port: event.port }),
        event.result,
      );
    case "net.accept":
      if (event.result !== null && event.result >= 0) served.serve(event, event.local_port);
      return outcome(
        sumsOf(connections, event, { role: "in", transport: "stream", port: event.local_port }),
        event.result,
      );
    case "net.close": {
      // Never connected, and nothing went anywhere; what a listening socket closes is none either.
      if (!hasPeer(event) && event.sent_bytes === 0 && event.received_bytes === 0) return;
      const role = served.roleOf(event);
      const port = role === "in" ? event.local_port : event.port;
      const closed = sumsOf(connections, event, { role, transport: event.transport, port });
      closed.closed += event.count ?? 1;
      closed.sent_bytes += event.sent_bytes;
      closed.received_bytes += event.received_bytes;
      return addHost(hosts, event, { host: role === "out" ? event.host : undefined, source: "connect" });
    }
    case "net.peer": {
      const role = served.roleOf(event);
      const port = role === "in" ? event.local_port ?? event.port : event.port;
      sumsOf(connections, event, { role, transport: "stream", port }).peer = event.peer;
      return;
    }
    case "net.host":
      return addHost(hosts, event, event);
    case "dns.answer":
      for (const addr of event.addresses) {
        addHost(hosts, { addr, port: 0 }, { host: event.name, source: "dns" });
      }
      return;
    default:
      return;
  }
}

function sumsOf(
  connections: Map<string, ConnectionSums>,
  event: Event & Endpoint,
  { role, transport, port }: { readonly role: Role; readonly transport: string; readonly port: number },
): ConnectionSums {
  const { family, addr } = event;
  const key = `${role} ${transport} ${family} ${port} ${addr}`;
  let sums = connections.get(key);
  if (sums === undefined) {
    sums = {
      ...{
        role,
        family,
        addr,
        port,
        transport,
        error: null,
        latency_max: 0,
        peer: null,
        times: 0,
        failed: 0,
      },
      ...{ uncertain: 0, latency_us: 0, sent_bytes: 0, received_bytes: 0, closed: 0 },
      ...{ first: event.first_ts ?? event.ts, last: 0 },
    };
    connections.set(key, sums);
  }
  sums.last = Math.max(sums.last, event.last_ts ?? event.ts);
  return sums;
}

function outcome(sums: ConnectionSums, result: number | null): void {
  sums.times++;
  if (result === null) sums.uncertain++;
  else if (result < 0) {
    sums.failed++;
    sums.error = result;
  }
}

function addHost(
  hosts: Map<string, HostName>,
  { addr, port }: { readonly addr: string; readonly port: number },
  { host, source }: { readonly host: string | undefined; readonly source: HostName["source"] },
): void {
  if (host !== undefined && host !== "") {
    hosts.set(`${source} ${port} ${addr} ${host}`, { addr, port, host, source });
  }
}
