import { deepEqual } from "node:assert/strict";
import { concat } from "../bytes.ts";
import { ControlDecoder } from "./decode_control.ts";
import type { Draft } from "../event.ts";
import * as layout from "./layout.gen.ts";
import { NetContent, RecordFlag, RecordType, TlsDirection } from "./layout.gen.ts";
import { clientHello, extension, serverNames } from "./testdata/client_hello.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const BOOT = 1_700_000_000_000_000;
const head = { pid: 10, tid: 10, start: BOOT + 1000, comm: "agent", ts: BOOT + 2000 };

function said(
  content: number,
  bytes: Uint8Array,
  { recv = false, flags = 0, whole = bytes.length }: { recv?: boolean; flags?: number; whole?: number } = {},
): Uint8Array {
  const dns = content !== NetContent.HELLO;
  return buildRecord({ type: RecordType.NET_DATA, flags }, {
    layout: layout.netData,
    values: {
      family: Uint8Array.of(2, 0),
      port: dns ? Uint8Array.of(53, 0) : Uint8Array.of(0xbb, 1),
      direction: recv ? TlsDirection.RECV : TlsDirection.SEND,
      addr: Uint8Array.of(192, 0, 2, 53),
      ...{ content, whole, length: bytes.length },
    },
    tail: [bytes],
  });
}

function decode(...records: Uint8Array[]): { drafts: Draft[]; unread: number } {
  const decoder = new ControlDecoder(BOOT);
  const drafts: Draft[] = [];
  decoder.decode(concat(records), drafts);
  return { drafts, unread: decoder.takeLosses().reduce((sum, { count }) => sum + count, 0) };
}

const query = concat([
  Uint8Array.of(0xbe, 0xef, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0),
  ...[Uint8Array.of(1), utf8("a"), Uint8Array.of(7), utf8("example"), Uint8Array.of(0, 0, 28, 0, 1)],
]);
const answer = concat([
  ...[query.subarray(0, 2), Uint8Array.of(0x81, 0x80, 0, 1, 0, 1), query.subarray(8)],
  Uint8Array.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1),
]);
const asked = { kind: "dns.query", ...head, name: "a.example", type: "AAAA", server: "192.0.2.53" };
const answered = {
  ...{ ...asked, kind: "dns.answer", code: "NOERROR", addresses: ["192.0.2.1"], aliases: [] },
};
const named = {
  ...{ kind: "net.host", ...head, family: "inet", addr: "192.0.2.53", port: 443 },
  ...{ host: "a.example", source: "sni" },
};
const hello = clientHello(serverNames("a.example"));
const nothing = { drafts: [], unread: 0 };
const { DNS, DNS_STREAM, HELLO } = NetContent;

const cases: readonly { name: string; record: Uint8Array; is: unknown }[] = [
  { name: "a question that is sent", record: said(DNS, query), is: { drafts: [asked], unread: 0 } },
  {
    name: "an answer that is received",
    record: said(DNS, answer, { recv: true }),
    is: { drafts: [answered], unread: 0 },
  },
  { name: "an answer that is sent is nobody's", record: said(DNS, answer), is: nothing },
  { name: "a question that is received is nobody's", record: said(DNS, query, { recv: true }), is: nothing },
  { name: "what is no DNS", record: said(DNS, utf8("something else altogether")), is: nothing },
  {
    name: "a question that cannot be read",
    record: said(DNS, query.subarray(0, 15)),
    is: { drafts: [], unread: 1 },
  },
  {
    name: "an answer that is cut off",
    record: said(DNS, answer.subarray(0, -2), { recv: true, whole: answer.length }),
    is: { drafts: [{ ...answered, addresses: [] }], unread: 1 },
  },
  {
    name: "a question over TCP",
    record: said(DNS_STREAM, concat([Uint8Array.of(0, query.length), query])),
    is: { drafts: [asked], unread: 0 },
  },
  {
    name: "a hello",
    record: said(HELLO, hello, { flags: RecordFlag.FROM_START }),
    is: { drafts: [named], unread: 0 },
  },
  {
    name: "a hello behind something else",
    record: said(HELLO, hello),
    is: { drafts: [{ ...named, tunnelled: true }], unread: 0 },
  },
  {
    name: "a hello without a name",
    record: said(HELLO, clientHello(extension(43, utf8("..")))),
    is: nothing,
  },
  {
    name: "a hello that is cut off",
    record: said(HELLO, hello.subarray(0, 60)),
    is: { drafts: [], unread: 1 },
  },
];

for (const { name, record, is } of cases) {
  Deno.test(`names: ${name}`, () => deepEqual(decode(record), is));
}
