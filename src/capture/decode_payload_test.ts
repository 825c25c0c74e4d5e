import { deepEqual, equal } from "node:assert/strict";
import { concat } from "../bytes.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { PayloadDecoder } from "./decode_payload.ts";
import * as layout from "./layout.gen.ts";
import { PlainProtocol, PlainTransport, RecordFlag, RecordType, TlsDirection } from "./layout.gen.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const BOOT = 1_700_000_000_000_000;
const actor = { pid: 10, tid: 12, start: BOOT + 1000, comm: "agent" };
const ts = BOOT + 2000;

Deno.test("a connection's life, in order", () => {
  const data = (values: Readonly<Record<string, number | bigint>>, text: string, flags = 0) =>
    buildRecord({ type: RecordType.TLS_DATA, tid: 12, flags }, {
      layout: layout.tlsData,
      values: { conn: 3n, length: text.length, ...values },
      tail: [utf8(text)],
    });
  const batch = concat([
    buildRecord({ type: RecordType.TLS_OPEN, tid: 12, flags: RecordFlag.FROM_START }, {
      layout: layout.tlsOpen,
      values: { conn: 3n, library: 7n },
    }),
    data({ pos: 0n, call: 0, order: 2n }, "wh"),
    data({ pos: 2n, call: 0 }, "at"),
    data({ pos: 5_000_000_000n, call: 2 }, "hello", RecordFlag.RECEIVED),
    data({ pos: 5_000_000_005n, call: 3, order: 6_000_000_000n }, "!", RecordFlag.RECEIVED),
    buildRecord({ type: RecordType.TLS_CLOSE, tid: 12 }, { layout: layout.tlsClose, values: { conn: 3n } }),
    buildRecord({ type: RecordType.EXIT, tid: 12 }, { layout: layout.exit }),
  ]);
  const records: StreamRecord[] = [];
  const decoder = new PayloadDecoder(BOOT);
  decoder.decode(batch, records);
  deepEqual(records, [
    { type: "open", conn: 3, fromStart: true, library: 7, ts, actor },
    { type: "data", conn: 3, dir: "send", left: 2, pos: 0, call: 0, bytes: utf8("wh"), ts, actor },
    { type: "data", conn: 3, dir: "send", pos: 2, call: 0, bytes: utf8("at"), ts, actor },
    { type: "data", conn: 3, dir: "recv", pos: 5_000_000_000, call: 2, bytes: utf8("hello"), ts, actor },
    {
      ...{ type: "data", conn: 3, dir: "recv", after: 6_000_000_000, pos: 5_000_000_005, call: 3 } as const,
      ...{ bytes: utf8("!"), ts, actor },
    },
    { type: "close", conn: 3, ts, actor },
    { type: "exit", pid: 10, start: BOOT + 1000, ts },
  ]);
  equal(decoder.takeMalformed(), 0);
});

Deno.test("what is not encrypted says what carries it, what it speaks and who is at its other end", () => {
  const open = (values: Readonly<Record<string, number | bigint>>, tail: Uint8Array[] = []) =>
    buildRecord({ type: RecordType.PLAIN_OPEN, tid: 12, flags: RecordFlag.FROM_START }, {
      layout: layout.plainOpen,
      values,
      tail,
    });
  const batch = concat([
    open({
      conn: 1n,
      socket: 77n,
      transport: PlainTransport.UNIX,
      protocol: PlainProtocol.HTTP,
      path_size: 5,
    }, [utf8("/a/b\u00e9").subarray(0, 5)]),
    open({ conn: 2n, socket: 78n, transport: PlainTransport.PIPE, protocol: PlainProtocol.JSON_RPC }),
    buildRecord({ type: RecordType.PLAIN_PARTNER, tid: 12 }, {
      layout: layout.plainPartner,
      values: { conn: 2n, direction: TlsDirection.RECV },
    }),
    buildRecord({ type: RecordType.PLAIN_PARTNER, tid: 12 }, {
      layout: layout.plainPartner,
      values: { conn: 3n, direction: TlsDirection.SEND },
    }),
    open({ conn: 4n, transport: 99, protocol: PlainProtocol.HTTP }),
  ]);
  const records: StreamRecord[] = [];
  const decoder = new PayloadDecoder(BOOT);
  decoder.decode(batch, records);
  deepEqual(records, [
    { type: "open", conn: 1, fromStart: true, transport: "unix", speaks: "http", ts, actor },
    {
      type: "bind",
      conn: 1,
      dir: "send",
      socket: 77,
      localPort: 0,
      // A name is bytes; this one was cut.
      peer: { addr: "/a/b\ufffd", port: 0, confidence: "certain" },
      ts,
      actor,
    },
    { type: "open", conn: 2, fromStart: true, transport: "pipe", speaks: "json-rpc", ts, actor },
    { type: "reader", conn: 2, ts, actor },
    { type: "writer", conn: 3, ts, actor },
  ]);
  equal(decoder.takeMalformed(), 1);
});

Deno.test("a length beyond the record gives what is there", () => {
  const records: StreamRecord[] = [];
  new PayloadDecoder(BOOT).decode(
    buildRecord({ type: RecordType.TLS_DATA }, {
      layout: layout.tlsData,
      values: { conn: 3n, pos: 0n, length: 1 << 30 },
      tail: [utf8("abc")],
    }),
    records,
  );
  const [record] = records;
  equal(record?.type === "data" && record.bytes.length, 3);
});
