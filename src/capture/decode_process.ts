/** Records of processes → drafts. */
import type {
  Credentials,
  CredentialsChanged,
  Draft,
  Placed,
  ProcessExeced,
  ProcessExited,
} from "../event.ts";
import { named } from "./call_kinds.ts";
import type { RecordHead } from "./decode_file.ts";
import * as layout from "./layout.gen.ts";
import { CallOperation, RecordFlag } from "./layout.gen.ts";
import { joinPath, toName } from "./names.ts";
import type { RecordReader } from "./record_reader.ts";

const SIGNAL = 0x7f;
const CORE = 0x80;
/** As Docker, containerd, CRI-O and Podman name a container's group. */
const CONTAINER = /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/;

export function execed(r: RecordReader, head: RecordHead): Draft<ProcessExeced> {
  const field = layout.exec;
  r.seek(field.size);
  const argv = splitNames(r.take(r.u32(field.argv_size)));
  const exe = r.path(r.u32(field.exe_size));
  const cwd = r.path(r.u32(field.cwd_size));
  const scriptSize = r.u32(field.script_size);
  const script = scriptSize > 0 ? joinPath(cwd, toName(r.take(scriptSize))) : null;
  const cgroupSize = r.u32(field.cgroup_size);
  const cgroup = cgroupSize > 0 ? r.path(cgroupSize).text : "/";
  const envSize = r.u32(field.env_size);
  const [uid, gid, euid, egid] = [r.u32(field.uid), r.u32(field.gid), r.u32(field.euid), r.u32(field.egid)];
  return {
    ...head,
    kind: "process.exec",
    ppid: r.u32(field.ppid),
    ...named("exe", exe),
    ...(script ? named("script", script) : {}),
    argv,
    ...(r.flag(RecordFlag.ARGV_TRUNCATED) ? { argv_truncated: true } : {}),
    ...named("cwd", cwd),
    uid,
    gid,
    ...(euid === uid ? {} : { euid }),
    ...(egid === gid ? {} : { egid }),
    ...placed(cgroup),
    ...(envSize > 0 ? { env: splitNames(r.take(envSize)) } : {}),
    ...(r.u32(field.env_truncated) ? { env_truncated: true } : {}),
  };
}

export function exited(r: RecordReader, head: RecordHead): Draft<ProcessExited> {
  const status = r.u32(layout.exit.exit_code);
  return {
    ...head,
    kind: "process.exit",
    ppid: r.u32(layout.exit.ppid),
    ...(status & SIGNAL ? { signal: status & SIGNAL } : { code: status >> 8 & 0xff }),
    ...(status & CORE ? { core: true } : {}),
    duration_us: head.ts - head.start,
    cpu_us: Math.round(r.u64(layout.exit.cpu_ns) / 1000),
    rss_peak_kb: r.u64(layout.exit.rss_peak_kb),
    read_bytes: r.u64(layout.exit.read_bytes),
    written_bytes: r.u64(layout.exit.written_bytes),
  };
}

const credCalls: Readonly<Record<number, string>> = {
  [CallOperation.SETUID]: "setuid",
  [CallOperation.SETGID]: "setgid",
  [CallOperation.SETREUID]: "setreuid",
  [CallOperation.SETREGID]: "setregid",
  [CallOperation.SETRESUID]: "setresuid",
  [CallOperation.SETRESGID]: "setresgid",
  [CallOperation.SETFSUID]: "setfsuid",
  [CallOperation.SETFSGID]: "setfsgid",
  [CallOperation.SETGROUPS]: "setgroups",
  [CallOperation.CAPSET]: "capset",
};

export function credChanged(r: RecordReader, head: RecordHead): Draft<CredentialsChanged> | null {
  const call = credCalls[r.u32(layout.cred.operation)];
  if (call === undefined) return null;
  return {
    ...head,
    kind: "process.cred",
    call,
    old: credentials(r, layout.cred.before),
    new: credentials(r, layout.cred.after),
    // setfsuid and setfsgid answer with the id that was.
    result: call.startsWith("setfs") ? 0 : Math.min(0, r.i64(layout.cred.result)),
  };
}

function credentials(r: RecordReader, at: number): Credentials {
  const { uid, gid, euid, egid, caps } = layout.credentials;
  const [low, high] = [r.u32(at + caps), r.u32(at + caps + 4)];
  return {
    uid: r.u32(at + uid),
    gid: r.u32(at + gid),
    euid: r.u32(at + euid),
    egid: r.u32(at + egid),
    caps: high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0"),
  };
}

/** Where a control group says that its processes are. */
export function placed(cgroup: string): Placed {
  const container = CONTAINER.exec(cgroup)?.[1];
  return container === undefined ? { cgroup } : { cgroup, container };
}

/** NUL-separated names as text. */
export function splitNames(bytes: Uint8Array): string[] {
  const names: string[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0, from);
    const to = end < 0 ? bytes.length : end;
    names.push(toName(bytes.subarray(from, to)).text);
    from = to + 1;
  }
  return names;
}
