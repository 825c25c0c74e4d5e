/** Records of sockets → drafts. */
import type { Draft, Endpoint, Family, Transport } from "../event.ts";
import { toAddress } from "./address.ts";
import type { RecordHead } from "./decode_file.ts";
import * as layout from "./layout.gen.ts";
import { RecordFlag, RecordType } from "./layout.gen.ts";
import { toName } from "./names.ts";
import type { RecordReader } from "./record_reader.ts";

const field = layout.net;
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;

const families: Readonly<Record<number, string>> = {
  [AF_UNIX]: "unix",
  [AF_INET]: "inet",
  [AF_INET6]: "inet6",
  16: "netlink",
  17: "packet",
  40: "vsock",
};

const transports: Readonly<Record<number, Transport>> = {
  1: "stream",
  2: "datagram",
  3: "raw",
  5: "seqpacket",
};

/** Null for a family that is not told. */
export function socketFact(
  r: RecordReader,
  type: number,
  { head, since }: { readonly head: RecordHead; readonly since: number },
): Draft | null {
  r.seek(field.size);
  const result = r.i32(field.result);
  const transport = transports[r.u16(field.type)] ?? "other";
  if (type === RecordType.NET_SOCKET) {
    const family = families[r.u16(field.family)] ?? String(r.u16(field.family));
    return { ...head, kind: "net.socket", family, transport, protocol: r.u32(field.protocol), result };
  }
  const endpoint = endpointOf(r);
  if (endpoint === null) return null;
  const local_port = r.u16(field.local_port);
  switch (type) {
    case RecordType.NET_CONNECT:
      return {
        ...head,
        kind: "net.connect",
        ...endpoint,
        transport,
        result,
        latency_us: Math.max(0, head.ts - since),
      };
    case RecordType.NET_BIND:
      return { ...head, kind: "net.bind", ...endpoint, result };
    case RecordType.NET_LISTEN:
      return { ...head, kind: "net.listen", ...endpoint, backlog: r.i32(field.backlog), result };
    case RecordType.NET_ACCEPT:
      return { ...head, kind: "net.accept", ...endpoint, local_port, result };
    case RecordType.NET_SEND:
      return { ...head, kind: "net.send", ...endpoint };
    default:
      return {
        ...head,
        kind: "net.close",
        ...endpoint,
        transport,
        local_port,
        sent_bytes: r.u64(field.sent),
        received_bytes: r.u64(field.received),
        ...(r.flag(RecordFlag.IMPLICIT) ? { implicit: true } : {}),
      };
  }
}

function endpointOf(r: RecordReader): Endpoint | null {
  const number = r.u16(field.family);
  if (number === AF_UNIX) {
    return { family: "unix", addr: toName(r.take(r.u32(field.path_size))).text, port: 0 };
  }
  return inetEndpoint(r, { number, port: r.u16(field.port), addr: field.addr });
}

/** Null when it is not of the internet. */
export function inetEndpoint(
  r: RecordReader,
  { number, port, addr }: { readonly number: number; readonly port: number; readonly addr: number },
): Endpoint & { family: Exclude<Family, "unix"> } | null {
  if (number !== AF_INET && number !== AF_INET6) return null;
  const inet = number === AF_INET;
  return { family: inet ? "inet" : "inet6", addr: toAddress(r.bytes(addr, inet ? 4 : 16)), port };
}
