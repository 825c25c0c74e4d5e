import { deepEqual } from "node:assert/strict";
import { ControlDecoder } from "./decode_control.ts";
import * as layout from "./layout.gen.ts";
import { CallOperation, RecordFlag, RecordType } from "./layout.gen.ts";
import {
  BOOT,
  called,
  type ControlCase,
  decode,
  head,
  testCases,
  words,
} from "./testdata/control_records.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const cases: readonly ControlCase[] = [
  {
    name: "rename with both names",
    record: called(CallOperation.RENAME, [utf8("a"), utf8("tmp/"), utf8("/b")], {
      ...{ path_size: 1, base_size: 4, to_size: 2 },
    }),
    draft: { kind: "file.rename", ...head, from: "/tmp/a", to: "/b", path_exact: false, result: 0 },
  },
  {
    name: "unlinkat that removes a directory, and fails",
    record: called(CallOperation.UNLINK, [utf8("/d")], {
      ...{ path_size: 2, result: -39n, value: words(0x200n) },
    }),
    draft: { kind: "file.rmdir", ...head, path: "/d", path_exact: false, result: -39 },
  },
  {
    name: "ftruncate names the file itself",
    record: called(CallOperation.TRUNCATE, [utf8("f/")], {
      ...{ path_size: 2, value: words(5_000_000_000n) },
    }, RecordFlag.PATH_EXACT),
    draft: { kind: "file.truncate", ...head, path: "/f", bytes: 5_000_000_000, result: 0 },
  },
  {
    name: "chown as it was",
    record: called(CallOperation.CHOWN, [utf8("/f")], { path_size: 2, value: words(0xffff_ffffn, 7n) }),
    draft: { kind: "file.chown", ...head, path: "/f", path_exact: false, uid: -1, gid: 7, result: 0 },
  },
  {
    name: "an attribute",
    record: called(CallOperation.SETXATTR, [utf8("/f"), utf8("user.x")], { path_size: 2, to_size: 6 }),
    draft: {
      ...{ kind: "file.xattr", ...head, path: "/f", path_exact: false, operation: "set", name: "user.x" },
      result: 0,
    },
  },
  {
    name: "a signal to a group",
    record: called(CallOperation.KILL, [], { value: words(0xffff_fff6n, 15n) }),
    draft: { kind: "process.signal", ...head, signal: 15, target: -10, result: 0 },
  },
  {
    name: "a signal to a thread",
    record: called(CallOperation.TGKILL, [], { value: words(10n, 9n, 12n) }),
    draft: { kind: "process.signal", ...head, signal: 9, target: 10, target_tid: 12, result: 0 },
  },
  {
    name: "unshare",
    record: called(CallOperation.UNSHARE, [], { value: words(0x4002_0000n), result: -1n }),
    draft: {
      ...{ kind: "process.ns", ...head, call: "unshare", namespaces: ["mnt", "net"], flags: 0x4002_0000 },
      result: -1,
    },
  },
  {
    name: "memory made executable",
    record: called(CallOperation.MPROTECT_EXEC, [], { value: words(7n, 4096n) }),
    draft: {
      ...{ kind: "process.exec_memory", ...head, call: "mprotect", bytes: 4096, writable: true, result: 0 },
    },
  },
];

testCases(cases);

Deno.test("a call that is told at its beginning waits for its result", () => {
  const begun = called(CallOperation.UNLINK, [utf8("/f")], { path_size: 2 }, RecordFlag.BEGUN);
  const result = (tid: number, flags = 0) =>
    buildRecord({ type: RecordType.RESULT, tid, ts: 5_000_000n, flags }, {
      layout: layout.result,
      values: { result: -13n },
    });
  const unlinked = { kind: "file.unlink", ...head, ts: BOOT + 5000, path: "/f", path_exact: false };
  deepEqual(decode(begun).drafts, []);
  deepEqual(decode(begun, result(11), result(10)).drafts, [{ ...unlinked, result: -13 }]);
  deepEqual(decode(begun, result(10, RecordFlag.UNKNOWN)).drafts, [{ ...unlinked, result: null }]);
  const decoder = new ControlDecoder(BOOT);
  decoder.decode(result(10), []);
  deepEqual(decoder.takeLosses().map(({ count }) => count), [1]);
  deepEqual(decoder.takeLosses(), []);
});
