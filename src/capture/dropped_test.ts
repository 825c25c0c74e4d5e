import { deepEqual, equal } from "node:assert/strict";
import { concat } from "../bytes.ts";
import { forEachRecord, viewOf } from "./batch.ts";
import { Dropped } from "./dropped.ts";
import * as layout from "./layout.gen.ts";
import { RecordFlag, RecordType } from "./layout.gen.ts";
import { buildRecord } from "./testdata/record_builder.ts";

const fork = buildRecord({ type: RecordType.FORK }, { layout: layout.fork });
const exec = buildRecord({ type: RecordType.EXEC }, { layout: layout.exec });
const open = buildRecord({ type: RecordType.FILE_OPEN }, { layout: layout.fileOpen });
const image = buildRecord({ type: RecordType.IMAGE }, { layout: layout.image });
const begun = buildRecord({ type: RecordType.CALL, flags: RecordFlag.BEGUN }, { layout: layout.call });
const result = buildRecord({ type: RecordType.RESULT }, { layout: layout.result });

function typesIn(batch: Uint8Array): number[] {
  const types: number[] = [];
  forEachRecord(viewOf(batch), (_at, type) => void types.push(type));
  return types;
}

Deno.test("dropped facts are counted by class, once; a call by its result", () => {
  const dropped = new Dropped();
  dropped.add(concat([fork, exec, open, open, image, begun, result]));
  dropped.add(concat([open, begun]));
  deepEqual(dropped.take().map((loss) => [loss.class, loss.count]), [["process", 2], ["file", 4]]);
  deepEqual(dropped.take(), []);
});

Deno.test("at first only what can be done without is left out, and said to be throttled", () => {
  const dropped = new Dropped();
  const kept = dropped.sift(concat([open, fork, exec, begun, open, result]))!;
  deepEqual(typesIn(kept), [RecordType.EXEC, RecordType.CALL, RecordType.RESULT]);
  deepEqual(dropped.take().map((loss) => [loss.class, loss.reason, loss.count]), [
    ["file", "throttled", 2],
    ["process", "throttled", 1],
  ]);
  equal(dropped.sift(concat([open, open])), null);
});
