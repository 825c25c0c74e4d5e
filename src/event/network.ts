/** Sockets: made, connected, listened on, used and closed; and the names of addresses. */
import type { Actor, Head, Outcome } from "./head.ts";

export type Family = "inet" | "inet6" | "unix";

/** Of `unix`, `addr` is the path that either end is bound to, `@name` when it is abstract, empty when there is none, and `port` 0. */
export interface Endpoint {
  readonly family: Family;
  readonly addr: string;
  readonly port: number;
}

export type Transport = "stream" | "datagram" | "raw" | "seqpacket" | "other";

export interface SocketMade extends Head<"net.socket">, Outcome {
  /** `inet`, `inet6`, `unix`, `netlink`, `packet`, or the number. */
  readonly family: string;
  readonly transport: Transport;
  readonly protocol: number;
}

export interface NetConnected extends Head<"net.connect">, Endpoint {
  readonly transport: Transport;
  /** 0, or a negative errno: for a nonblocking connect how it ended. -115 (EINPROGRESS) when it never did. */
  readonly result: number;
  /** From the call to its outcome; of TCP Fast Open, from the end of the send that connects. */
  readonly latency_us: number;
  /** A name that this tree was told for the address, when one is known by now. */
  readonly host?: string;
}

export interface NetBound extends Head<"net.bind">, Endpoint, Outcome {}

export interface NetListened extends Head<"net.listen">, Endpoint, Outcome {
  readonly backlog: number;
}

/** `addr` and `port` are the peer's. */
export interface NetAccepted extends Head<"net.accept">, Endpoint, Outcome {
  readonly local_port: number;
}

/** The first datagram from one socket to one address without a connect. */
export interface NetSent extends Head<"net.send">, Endpoint {
  readonly host?: string;
}

/** The last descriptor of a socket was closed, or its process ended. `addr` and `port` are the peer's. */
export interface NetClosed extends Head<"net.close">, Endpoint {
  readonly transport: Transport;
  readonly local_port: number;
  readonly sent_bytes: number;
  readonly received_bytes: number;
  readonly implicit?: boolean;
  readonly host?: string;
}

/** The other end of a loopback connection is a process on this machine. */
export interface NetPeered extends Head<"net.peer">, Endpoint {
  /** Absent when the connection was over before it was looked up. */
  readonly local_port?: number;
  readonly peer: Actor & { readonly exe: string };
}

export interface DnsAsked extends Head<"dns.query"> {
  readonly name: string;
  /** A, AAAA, HTTPS, … */
  readonly type: string;
  /** Where it was sent. */
  readonly server: string;
}

export interface DnsAnswered extends Head<"dns.answer"> {
  readonly name: string;
  readonly type: string;
  readonly server: string;
  /** NOERROR, NXDOMAIN, … */
  readonly code: string;
  readonly addresses: readonly string[];
  /** Other names it led through. */
  readonly aliases: readonly string[];
}

/** An address was called by a name in what a process sent there. */
export interface HostNamed extends Head<"net.host">, Endpoint {
  readonly host: string;
  readonly source: "sni" | "http";
  /** The end is a proxy, or was told something else first: the name may be that of another address. */
  readonly tunnelled?: boolean;
}

export type NetworkEvent =
  | SocketMade
  | NetConnected
  | NetBound
  | NetListened
  | NetAccepted
  | NetSent
  | NetClosed
  | NetPeered
  | DnsAsked
  | DnsAnswered
  | HostNamed;
