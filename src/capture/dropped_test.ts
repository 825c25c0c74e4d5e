import { deepEqual } from "node:assert/strict";
import { concat } from "../bytes.ts";
import { Dropped } from "./dropped.ts";
import * as layout from "./layout.gen.ts";
import { RecordType } from "./layout.gen.ts";
import { buildRecord } from "./testdata/record_builder.ts";

Deno.test("dropped facts are counted by class, once", () => {
  const dropped = new Dropped();
  const fork = buildRecord({ type: RecordType.FORK }, { layout: layout.fork });
  const open = buildRecord({ type: RecordType.FILE_OPEN }, { layout: layout.fileOpen });
  const image = buildRecord({ type: RecordType.IMAGE }, { layout: layout.image });
  dropped.add(concat([fork, open, open, image]));
  dropped.add(open);
  deepEqual(dropped.take().map((loss) => [loss.class, loss.count]), [["process", 1], ["file", 3]]);
  deepEqual(dropped.take(), []);
});
