import { deepEqual, equal } from "node:assert/strict";
import { concat } from "../bytes.ts";
import type { Draft } from "../event.ts";
import { ControlDecoder } from "./decode_control.ts";
import * as layout from "./layout.gen.ts";
import { FileOperation, RecordFlag, RecordType } from "./layout.gen.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const BOOT = 1_700_000_000_000_000;

function decode(...records: Uint8Array[]): { drafts: Draft[]; malformed: number } {
  const decoder = new ControlDecoder(BOOT);
  const drafts: Draft[] = [];
  decoder.decode(concat(records), drafts);
  return { drafts, malformed: decoder.takeMalformed() };
}

const head = { pid: 10, tid: 10, start: BOOT + 1000, comm: "agent", ts: BOOT + 2000 };

const cases: readonly { name: string; record: Uint8Array; draft: unknown }[] = [
  {
    name: "fork",
    record: buildRecord({ type: RecordType.FORK }, {
      layout: layout.fork,
      values: { child: 11, child_start: 3_000_000n },
    }),
    draft: { kind: "process.fork", ...head, ppid: 10, child: 11, child_start: BOOT + 3000 },
  },
  {
    name: "exec with its three variable parts",
    record: buildRecord({ type: RecordType.EXEC, flags: RecordFlag.ARGV_TRUNCATED }, {
      layout: layout.exec,
      values: { ppid: 1, uid: 1000, argv_size: 9, exe_size: 7, cwd_size: 8 },
      tail: [utf8("sh\0-c\0ls\0"), utf8("sh/bin/"), utf8("me/home/")],
    }),
    draft: {
      kind: "process.exec",
      ...head,
      ppid: 1,
      exe: "/bin/sh",
      argv: ["sh", "-c", "ls"],
      argv_truncated: true,
      cwd: "/home/me",
      uid: 1000,
    },
  },
  {
    name: "exit by code",
    record: buildRecord({ type: RecordType.EXIT }, {
      layout: layout.exit,
      values: { ppid: 1, exit_code: 7 << 8, rss_peak_kb: 4096n },
    }),
    draft: { kind: "process.exit", ...head, ppid: 1, code: 7, duration_us: 1000, rss_peak_kb: 4096 },
  },
  {
    name: "exit by signal is not a code",
    record: buildRecord({ type: RecordType.EXIT }, {
      layout: layout.exit,
      values: { ppid: 1, exit_code: 9, rss_peak_kb: 1n },
    }),
    draft: { kind: "process.exit", ...head, ppid: 1, signal: 9, duration_us: 1000, rss_peak_kb: 1 },
  },
  {
    name: "open that created a file",
    record: buildRecord({ type: RecordType.FILE_OPEN, flags: RecordFlag.CREATED }, {
      layout: layout.fileOpen,
      values: { result: 0, open_flags: 0o1101, path_size: 6 },
      tail: [utf8("b/tmp/")],
    }),
    draft: { kind: "file.open", ...head, path: "/tmp/b", access: "write", created: true, result: 0 },
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
      result: -2,
    },
  },
  {
    name: "close with its traffic",
    record: buildRecord({ type: RecordType.FILE_CLOSE, flags: RecordFlag.IMPLICIT }, {
      layout: layout.fileClose,
      values: { read_bytes: 5n, written_bytes: 6n, path_size: 6 },
      tail: [utf8("b/tmp/")],
    }),
    draft: { kind: "file.close", ...head, path: "/tmp/b", read_bytes: 5, written_bytes: 6, implicit: true },
  },
  {
    name: "rename with both names",
    record: buildRecord({ type: RecordType.FILE_NAME }, {
      layout: layout.fileName,
      values: {
        result: 0,
        operation: FileOperation.RENAME,
        path_size: 1,
        base_size: 4,
        to_size: 2,
        to_base_size: 0,
      },
      tail: [utf8("a"), utf8("tmp/"), utf8("/b")],
    }),
    draft: { kind: "file.rename", ...head, from: "/tmp/a", to: "/b", path_exact: false, result: 0 },
  },
  {
    name: "connect over IPv6",
    record: buildRecord({ type: RecordType.NET_CONNECT }, {
      layout: layout.netConnect,
      values: {
        result: -111,
        family: Uint8Array.of(10, 0),
        port: Uint8Array.of(0xbb, 0x01),
        addr: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      },
    }),
    draft: { kind: "net.connect", ...head, family: "inet6", addr: "2001:db8::1", port: 443, result: -111 },
  },
];

for (const { name, record, draft } of cases) {
  Deno.test(`control record: ${name}`, () => deepEqual(decode(record), { drafts: [draft], malformed: 0 }));
}

Deno.test("several records in one batch keep their order", () => {
  const all = decode(...cases.map(({ record }) => record));
  deepEqual(all.drafts, cases.map(({ draft }) => draft));
});

Deno.test("a name that is not UTF-8 is escaped, and exact beside it", () => {
  const record = buildRecord({ type: RecordType.FILE_OPEN }, {
    layout: layout.fileOpen,
    values: { result: 0, open_flags: 0, path_size: 7 },
    tail: [Uint8Array.of(0x61, 0xff, 0x2f), utf8("tmp/")],
  });
  const [draft] = decode(record).drafts;
  equal(draft && "path" in draft && draft.path, "/tmp/a\\xff");
  const exact = draft && "path_b64" in draft ? draft.path_b64 ?? "" : "";
  deepEqual(Uint8Array.fromBase64(exact), Uint8Array.of(...utf8("/tmp/a"), 0xff));
});

Deno.test("records that are not what they say are counted, and the next one is read", () => {
  const good = cases[0]!.record;
  const wrongSize = good.slice();
  new DataView(wrongSize.buffer).setUint32(8 + layout.header.recordSize, 9999, true);
  const unknownType = buildRecord({ type: 999 }, { layout: layout.agentFound });
  const short = Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0);
  const { drafts, malformed } = decode(wrongSize, unknownType, short, good, good.subarray(0, 20));
  equal(drafts.length, 1);
  equal(malformed, 4);
});

Deno.test("sizes that lead beyond the record give what is there", () => {
  const record = buildRecord({ type: RecordType.EXEC }, {
    layout: layout.exec,
    values: { ppid: 1, uid: 0, argv_size: 1_000_000, exe_size: 5, cwd_size: 5 },
    tail: [utf8("sh\0")],
  });
  const [draft] = decode(record).drafts;
  deepEqual(draft && "argv" in draft && draft.argv, ["sh"]);
});
