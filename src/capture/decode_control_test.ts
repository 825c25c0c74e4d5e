import { deepEqual, equal } from "node:assert/strict";
import * as layout from "./layout.gen.ts";
import { RecordType } from "./layout.gen.ts";
import { decode } from "./testdata/control_records.ts";
import { buildRecord } from "./testdata/record_builder.ts";

Deno.test("records that are not what they say are counted, and the next one is read", () => {
  const good = buildRecord({ type: RecordType.FORK }, { layout: layout.fork, values: { child: 11 } });
  const wrongSize = good.slice();
  new DataView(wrongSize.buffer).setUint32(8 + layout.header.recordSize, 9999, true);
  const unknownType = buildRecord({ type: 999 }, { layout: layout.agentFound });
  const short = Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0);
  const { drafts, malformed } = decode(wrongSize, unknownType, short, good, good.subarray(0, 20));
  equal(drafts.length, 1);
  equal(malformed, 4);
});

Deno.test("records that are shorter than their fixed part are counted, whatever their type", () => {
  for (const type of Object.values(RecordType)) {
    const short = buildRecord({ type }, { layout: layout.agentFound });
    const { drafts } = decode(short);
    deepEqual(drafts, [], `type ${type}`);
  }
});
