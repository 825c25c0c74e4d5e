import { deepEqual } from "node:assert/strict";
import { concat } from "../bytes.ts";
import * as layout from "./layout.gen.ts";
import { CallOperation, RecordFlag, RecordType } from "./layout.gen.ts";
import { BOOT, type ControlCase, decode, head, testCases, words } from "./testdata/control_records.ts";
import { buildRecord, utf8 } from "./testdata/record_builder.ts";

const CONTAINER = "0123456789abcdef".repeat(4);

function credentials(id: number, caps: bigint): Uint8Array {
  return concat([new Uint8Array(Uint32Array.of(id, id, id, id).buffer), words(caps)]);
}

const cases: readonly ControlCase[] = [
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
];

testCases(cases);

Deno.test("sizes that lead beyond the record give what is there", () => {
  const record = buildRecord({ type: RecordType.EXEC }, {
    layout: layout.exec,
    values: { ppid: 1, uid: 0, argv_size: 1_000_000, exe_size: 5, cwd_size: 5 },
    tail: [utf8("sh\0")],
  });
  const [draft] = decode(record).drafts;
  deepEqual(draft && "argv" in draft && draft.argv, ["sh"]);
});
