import * as layout from "./layout.gen.ts";
import { RecordFlag, RecordType } from "./layout.gen.ts";
import { type ControlCase, head, testCases, type Values } from "./testdata/control_records.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const V6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

function half(value: number): Uint8Array {
  return new Uint8Array(Uint16Array.of(value).buffer);
}

function socket(type: number, values: Values, path?: Uint8Array, flags = 0): Uint8Array {
  return buildRecord({ type, flags }, { layout: layout.net, values, tail: path ? [path] : [] });
}

const cases: readonly ControlCase[] = [
  {
    name: "connect over IPv6",
    record: socket(RecordType.NET_CONNECT, {
      result: -111,
      family: half(10),
      type: half(1),
      port: half(443),
      since: 1_995_000n,
      addr: V6,
    }),
    draft: {
      ...{
        kind: "net.connect",
        ...head,
        family: "inet6",
        addr: "2001:db8::1",
        port: 443,
        transport: "stream",
      },
      ...{ result: -111, latency_us: 5 },
    },
  },
  {
    name: "connect to an abstract unix name",
    record: socket(RecordType.NET_CONNECT, { family: half(1), type: half(1), path_size: 5 }, utf8("@name")),
    draft: {
      ...{ kind: "net.connect", ...head, family: "unix", addr: "@name", port: 0, transport: "stream" },
      ...{ result: 0, latency_us: 2000 },
    },
  },
  {
    name: "a socket of a family without a name",
    record: socket(RecordType.NET_SOCKET, { family: half(38), type: half(5), protocol: 7, result: -97 }),
    draft: {
      ...{ kind: "net.socket", ...head, family: "38", transport: "seqpacket", protocol: 7, result: -97 },
    },
  },
  {
    name: "accept",
    record: socket(RecordType.NET_ACCEPT, {
      ...{ family: half(2), type: half(1), port: half(40_000), local_port: half(80) },
      addr: Uint8Array.of(10, 0, 0, 7),
    }),
    draft: {
      ...{ kind: "net.accept", ...head, family: "inet", addr: "10.0.0.7", port: 40_000, local_port: 80 },
      result: 0,
    },
  },
  {
    name: "close of a socket, with its bytes",
    record: socket(
      RecordType.NET_CLOSE,
      {
        ...{ family: half(2), type: half(2), port: half(53), local_port: half(9), sent: 5n, received: 6n },
        addr: Uint8Array.of(10, 0, 0, 7),
      },
      undefined,
      RecordFlag.IMPLICIT,
    ),
    draft: {
      ...{ kind: "net.close", ...head, family: "inet", addr: "10.0.0.7", port: 53, transport: "datagram" },
      ...{ local_port: 9, sent_bytes: 5, received_bytes: 6, implicit: true },
    },
  },
];

testCases(cases);
