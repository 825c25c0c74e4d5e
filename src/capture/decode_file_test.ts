import { deepEqual, equal } from "node:assert/strict";
import * as layout from "./layout.gen.ts";
import { RecordFlag, RecordType } from "./layout.gen.ts";
import { type ControlCase, decode, head, testCases } from "./testdata/control_records.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const cases: readonly ControlCase[] = [
  {
    name: "open that created a file",
    record: buildRecord({ type: RecordType.FILE_OPEN, flags: RecordFlag.CREATED | RecordFlag.PATH_EXACT }, {
      layout: layout.fileOpen,
      values: { result: 0, open_flags: 0o1101, type: 0o100000, path_size: 6 },
      tail: [utf8("b/tmp/")],
    }),
    draft: {
      ...{ kind: "file.open", ...head, path: "/tmp/b", access: "write", created: true },
      ...{ flags: "O_WRONLY|O_CREAT|O_TRUNC", type: "file", result: 0 },
    },
  },
  {
    name: "failed open of a relative path",
    record: buildRecord({ type: RecordType.FILE_OPEN }, {
      layout: layout.fileOpen,
      values: { result: -2, open_flags: 0, path_size: 7, base_size: 4 },
      tail: [utf8("./a/b.c"), utf8("tmp/")],
    }),
    draft: {
      kind: "file.open",
      ...head,
      path: "/tmp/a/b.c",
      path_exact: false,
      access: "read",
      created: false,
      flags: "O_RDONLY",
      result: -2,
    },
  },
  {
    name: "open of a file that another thread closed at once: only the argument is known",
    record: buildRecord({ type: RecordType.FILE_OPEN }, {
      layout: layout.fileOpen,
      values: { result: 0, open_flags: 0, path_size: 5 },
      tail: [utf8("/a/b/")],
    }),
    draft: {
      ...{ kind: "file.open", ...head, path: "/a/b/", path_exact: false, access: "read", created: false },
      ...{ flags: "O_RDONLY", result: 0 },
    },
  },
  {
    name: "close with its traffic",
    record: buildRecord({ type: RecordType.FILE_CLOSE, flags: RecordFlag.IMPLICIT }, {
      layout: layout.fileClose,
      values: { read_bytes: 5n, written_bytes: 6n, type: 0o100000, path_size: 6 },
      tail: [utf8("b/tmp/")],
    }),
    draft: { kind: "file.close", ...head, path: "/tmp/b", read_bytes: 5, written_bytes: 6, implicit: true },
  },
  {
    name: "close of a pipe without a name",
    record: buildRecord({ type: RecordType.FILE_CLOSE }, {
      layout: layout.fileClose,
      values: { read_bytes: 5n, ino: 77n, type: 0o010000 },
    }),
    draft: {
      ...{ kind: "file.close", ...head, path: "pipe:[77]", type: "pipe", read_bytes: 5, written_bytes: 0 },
    },
  },
];

testCases(cases);

Deno.test("an open file is named once, and by its number from then on", () => {
  const open = buildRecord({ type: RecordType.FILE_OPEN, flags: RecordFlag.PATH_EXACT }, {
    layout: layout.fileOpen,
    values: { file: 0xffff_8881_0000_0040n, type: 0o100000, open_flags: 2, path_size: 2 },
    tail: [utf8("f/")],
  });
  const of = (type: number) =>
    buildRecord({ type }, {
      layout: layout.fileClose,
      values: { file: 0xffff_8881_0000_0040n, read_bytes: 3n, written_bytes: 4n, type: 0o100000 },
    });
  const traffic = { ...head, path: "/f", read_bytes: 3, written_bytes: 4 };
  const { drafts } = decode(
    open,
    of(RecordType.FILE_IO),
    of(RecordType.FILE_CLOSE),
    of(RecordType.FILE_CLOSE),
  );
  deepEqual(drafts.slice(1, 3), [{ kind: "file.io", ...traffic }, { kind: "file.close", ...traffic }]);
  equal(drafts[3] && "path" in drafts[3] && drafts[3].path, "");
});

Deno.test("a name that is not UTF-8 is escaped, and exact beside it", () => {
  const record = buildRecord({ type: RecordType.FILE_OPEN, flags: RecordFlag.PATH_EXACT }, {
    layout: layout.fileOpen,
    values: { result: 0, open_flags: 0, path_size: 7 },
    tail: [Uint8Array.of(0x61, 0xff, 0x2f), utf8("tmp/")],
  });
  const [draft] = decode(record).drafts;
  equal(draft && "path" in draft && draft.path, "/tmp/a\\xff");
  const exact = draft && "path_b64" in draft ? draft.path_b64 ?? "" : "";
  deepEqual(Uint8Array.fromBase64(exact), Uint8Array.of(...utf8("/tmp/a"), 0xff));
});
