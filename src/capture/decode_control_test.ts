import { deepEqual, equal } from "node:assert/strict";
import { concat } from "../bytes.ts";
import type { Draft } from "../event.ts";
import { ControlDecoder } from "./decode_control.ts";
import * as layout from "./layout.gen.ts";
import { CallOperation, RecordFlag, RecordType } from "./layout.gen.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const BOOT = 1_700_000_000_000_000;

function decode(...records: Uint8Array[]): { drafts: Draft[]; malformed: number } {
  const decoder = new ControlDecoder(BOOT);
  const drafts: Draft[] = [];
  decoder.decode(concat(records), drafts);
  return { drafts, malformed: decoder.takeMalformed() };
}

const CONTAINER = "0123456789abcdef".repeat(4);
const head = { pid: 10, tid: 10, start: BOOT + 1000, comm: "agent", ts: BOOT + 2000 };

function called(
  operation: number,
  tail: readonly Uint8Array[],
  values: Readonly<Record<string, number | bigint | Uint8Array>>,
  flags = 0,
): Uint8Array {
  return buildRecord({ type: RecordType.CALL, flags }, {
    layout: layout.call,
    values: { operation, ...values },
    tail,
  });
}

function words(...values: bigint[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values).buffer);
}

function credentials(id: number, caps: bigint): Uint8Array {
  return concat([new Uint8Array(Uint32Array.of(id, id, id, id).buffer), words(caps)]);
}

const V6 = Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

function half(value: number): Uint8Array {
  return new Uint8Array(Uint16Array.of(value).buffer);
}

function socket(
  type: number,
  values: Readonly<Record<string, number | bigint | Uint8Array>>,
  path?: Uint8Array,
  flags = 0,
): Uint8Array {
  return buildRecord({ type, flags }, { layout: layout.net, values, tail: path ? [path] : [] });
}

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
      values: { ppid: 1, uid: 1000, gid: 100, euid: 0, egid: 100, argv_size: 9, exe_size: 7, cwd_size: 8 },
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
      gid: 100,
      euid: 0,
      cgroup: "/",
    },
  },
  {
    name: "exec of a script in a container, with the names of its environment",
    record: buildRecord({ type: RecordType.EXEC }, {
      layout: layout.exec,
      values: {
        ...{ ppid: 1, argv_size: 2, exe_size: 7, cwd_size: 8, script_size: 6, env_size: 10 },
        ...{ cgroup_size: CONTAINER.length + 20, env_truncated: 1 },
      },
      tail: [
        ...[utf8("x\0"), utf8("sh/bin/"), utf8("me/home/"), utf8("./x.sh")],
        utf8(`docker-${CONTAINER}.scope/slice/`).subarray(0, CONTAINER.length + 20),
        utf8("PATH\0HOME\0"),
      ],
    }),
    draft: {
      kind: "process.exec",
      ...head,
      ppid: 1,
      exe: "/bin/sh",
      script: "/home/me/x.sh",
      argv: ["x"],
      cwd: "/home/me",
      uid: 0,
      gid: 0,
      cgroup: `/slice/docker-${CONTAINER}.scope`,
      container: CONTAINER,
      env: ["PATH", "HOME"],
      env_truncated: true,
    },
  },
  {
    name: "exit by code",
    record: buildRecord({ type: RecordType.EXIT }, {
      layout: layout.exit,
      values: {
        ...{ ppid: 1, exit_code: 7 << 8, rss_peak_kb: 4096n, cpu_ns: 1_499_600n },
        ...{ read_bytes: 10n, written_bytes: 20n },
      },
    }),
    draft: {
      ...{ kind: "process.exit", ...head, ppid: 1, code: 7, duration_us: 1000, rss_peak_kb: 4096 },
      ...{ cpu_us: 1500, read_bytes: 10, written_bytes: 20 },
    },
  },
  {
    name: "exit by signal is not a code",
    record: buildRecord({ type: RecordType.EXIT }, {
      layout: layout.exit,
      values: { ppid: 1, exit_code: 11 | 0x80, rss_peak_kb: 1n },
    }),
    draft: {
      ...{
        kind: "process.exit",
        ...head,
        ppid: 1,
        signal: 11,
        core: true,
        duration_us: 1000,
        rss_peak_kb: 1,
      },
      ...{ cpu_us: 0, read_bytes: 0, written_bytes: 0 },
    },
  },
  {
    name: "open that created a file",
    record: buildRecord({ type: RecordType.FILE_OPEN, flags: RecordFlag.CREATED }, {
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
  {
    name: "other ids",
    record: buildRecord({ type: RecordType.CRED }, {
      layout: layout.cred,
      values: {
        operation: CallOperation.SETUID,
        before: credentials(0, 0xfn),
        after: credentials(1000, 0n),
      },
    }),
    draft: {
      ...{ kind: "process.cred", ...head, call: "setuid", result: 0 },
      old: { uid: 0, gid: 0, euid: 0, egid: 0, caps: "000000000000000f" },
      new: { uid: 1000, gid: 1000, euid: 1000, egid: 1000, caps: "0000000000000000" },
    },
  },
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

for (const { name, record, draft } of cases) {
  Deno.test(`control record: ${name}`, () => deepEqual(decode(record), { drafts: [draft], malformed: 0 }));
}

Deno.test("several records in one batch keep their order", () => {
  const all = decode(...cases.map(({ record }) => record));
  deepEqual(all.drafts, cases.map(({ draft }) => draft));
});

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

Deno.test("an open file is named once, and by its number from then on", () => {
  const open = buildRecord({ type: RecordType.FILE_OPEN }, {
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

Deno.test("records that are shorter than their fixed part are counted, whatever their type", () => {
  for (const type of Object.values(RecordType)) {
    const short = buildRecord({ type }, { layout: layout.agentFound });
    const { drafts } = decode(short);
    deepEqual(drafts, [], `type ${type}`);
  }
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
