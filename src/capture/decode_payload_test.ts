import { deepEqual, equal } from "node:assert/strict";
import { concat } from "../bytes.ts";
import type { StreamRecord } from "../protocol/stream_record.ts";
import { PayloadDecoder } from "./decode_payload.ts";
import * as layout from "./layout.gen.ts";
import { RecordFlag, RecordType, TlsDirection } from "./layout.gen.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const BOOT = 1_700_000_000_000_000;
const actor = { pid: 10, tid: 12, start: BOOT + 1000, comm: "agent" };
const ts = BOOT + 2000;

Deno.test("a connection's life, in order", () => {
  const batch = concat([
    buildRecord({ type: RecordType.TLS_OPEN, tid: 12, flags: RecordFlag.FROM_START }, {
      layout: layout.tlsOpen,
      values: { conn: 3n, library: 7n },
    }),
    buildRecord({ type: RecordType.TLS_DATA, tid: 12 }, {
      layout: layout.tlsData,
      values: { conn: 3n, pos: 5_000_000_000n, call: 2, length: 5, direction: TlsDirection.RECV },
      tail: [utf8("hello")],
    }),
    buildRecord({ type: RecordType.TLS_CLOSE, tid: 12 }, { layout: layout.tlsClose, values: { conn: 3n } }),
    buildRecord({ type: RecordType.EXIT, tid: 12 }, { layout: layout.exit }),
  ]);
  const records: StreamRecord[] = [];
  const decoder = new PayloadDecoder(BOOT);
  decoder.decode(batch, records);
  deepEqual(records, [
    { type: "open", conn: 3, fromStart: true, library: 7, ts, actor },
    { type: "data", conn: 3, dir: "recv", pos: 5_000_000_000, call: 2, bytes: utf8("hello"), ts, actor },
    { type: "close", conn: 3, ts, actor },
    { type: "exit", pid: 10, start: BOOT + 1000, ts },
  ]);
  equal(decoder.takeMalformed(), 0);
});

Deno.test("a length beyond the record gives what is there", () => {
  const records: StreamRecord[] = [];
  new PayloadDecoder(BOOT).decode(
    buildRecord({ type: RecordType.TLS_DATA }, {
      layout: layout.tlsData,
      values: { conn: 3n, pos: 0n, length: 1 << 30, direction: TlsDirection.SEND },
      tail: [utf8("abc")],
    }),
    records,
  );
  const [record] = records;
  equal(record?.type === "data" && record.bytes.length, 3);
});
