/** Users, groups and capabilities of a thread, and what the calls that change them do: credentials(7), capabilities(7). */
import type { Credentials as Told } from "../../src/event.ts";
import type { StraceCall } from "./strace_log.ts";
import { fieldsOf, flagsOf, numberOf } from "./strace_text.ts";

export interface Credentials {
  readonly ruid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly rgid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly permitted: bigint;
  readonly effective: bigint;
}

/** In the order of their numbers. */
const capabilities =
  ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE " +
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE " +
    "SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL " +
    "SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE")
    .split(" ");

function bits(names: readonly string[]): bigint {
  return names.reduce((set, name) => {
    const number = capabilities.indexOf(name);
    return number < 0 ? set : set | 1n << BigInt(number);
  }, 0n);
}

const ofFiles = bits(
  [
    "CHOWN",
    "MKNOD",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "MAC_OVERRIDE",
    "LINUX_IMMUTABLE",
  ],
);

export function told({ ruid, rgid, euid, egid, effective }: Credentials): Told {
  return { uid: ruid, gid: rgid, euid, egid, caps: effective.toString(16).padStart(16, "0") };
}

/** -1 leaves an id as it is. */
function id(call: StraceCall, index: number, before: number): number {
  const asked = numberOf(call.args[index]) ?? -1;
  return asked === -1 ? before : asked;
}

type Change = (before: Credentials, call: StraceCall) => Partial<Credentials>;

const changes: Readonly<Record<string, Change>> = {
  setuid: (c, call) => {
    const uid = id(call, 0, c.euid);
    return (c.effective & bits(["SETUID"])) ? { ruid: uid, euid: uid, suid: uid } : { euid: uid };
  },
  setgid: (c, call) => {
    const gid = id(call, 0, c.egid);
    return (c.effective & bits(["SETGID"])) ? { rgid: gid, egid: gid, sgid: gid } : { egid: gid };
  },
  setreuid: (c, call) => {
    const ruid = id(call, 0, c.ruid), euid = id(call, 1, c.euid);
    const saves = numberOf(call.args[0]) !== -1 || numberOf(call.args[1]) !== -1 && euid !== c.ruid;
    return { ruid, euid, suid: saves ? euid : c.suid };
  },
  setregid: (c, call) => {
    const rgid = id(call, 0, c.rgid), egid = id(call, 1, c.egid);
    const saves = numberOf(call.args[0]) !== -1 || numberOf(call.args[1]) !== -1 && egid !== c.rgid;
    return { rgid, egid, sgid: saves ? egid : c.sgid };
  },
  setresuid: (c, call) => ({
    ruid: id(call, 0, c.ruid),
    euid: id(call, 1, c.euid),
    suid: id(call, 2, c.suid),
  }),
  setresgid: (c, call) => ({
    rgid: id(call, 0, c.rgid),
    egid: id(call, 1, c.egid),
    sgid: id(call, 2, c.sgid),
  }),
  setfsuid: (c, call) => {
    const fsuid = id(call, 0, c.fsuid);
    const effective = c.fsuid === 0 && fsuid !== 0
      ? c.effective & ~ofFiles
      : c.fsuid !== 0 && fsuid === 0
      ? c.effective | c.permitted & ofFiles
      : c.effective;
    return { fsuid, effective };
  },
  setfsgid: () => ({}),
  setgroups: () => ({}),
  capset: (_, call) => {
    const asked = fieldsOf(call.args[1]);
    const set = (key: string) => bits(flagsOf(asked.get(key)).map((flag) => flag.replace(/^1<<CAP_/, "")));
    return { effective: set("effective"), permitted: set("permitted") };
  },
};

/** setuid32(2) is setuid(2) with another number. */
export function credentialCall(name: string): string | null {
  const call = name.replace(/32$/, "");
  return call in changes ? call : null;
}

export function changed(before: Credentials, call: StraceCall): Credentials {
  const change = changes[credentialCall(call.name) ?? ""];
  if (!change || call.result === null || call.result < 0) return before;
  const after: Credentials = { ...before, ...change(before, call) };
  return /uid/.test(call.name) && call.name !== "setfsuid"
    ? withRootRules(before, { ...after, fsuid: after.euid })
    : after;
}

/** Whoever leaves root behind leaves its capabilities. */
function withRootRules(before: Credentials, after: Credentials): Credentials {
  const hasRoot = ({ ruid, euid, suid }: Credentials) => ruid === 0 || euid === 0 || suid === 0;
  const permitted = hasRoot(before) && !hasRoot(after) ? 0n : after.permitted;
  const effective = before.euid === 0 && after.euid !== 0
    ? 0n
    : before.euid !== 0 && after.euid === 0
    ? permitted
    : after.effective & permitted;
  return { ...after, permitted, effective };
}

/** Of a program that is started, without capabilities of its file. */
export function afterExec(before: Credentials, all: bigint): Credentials {
  const caps = before.euid === 0 || before.ruid === 0 ? all : 0n;
  const effective = before.euid === 0 ? caps : 0n;
  return { ...before, suid: before.euid, sgid: before.egid, fsuid: before.euid, permitted: caps, effective };
}

/** Of the running process, which everything traced begins with. */
export function ownCredentials(): Credentials {
  const status = Deno.readTextFileSync("/proc/self/status");
  const ids = (key: string) =>
    new RegExp(`^${key}:\\s+(.*)$`, "m").exec(status)![1]!.split(/\s+/).map(Number);
  const caps = (key: string) => BigInt(`0x${new RegExp(`^${key}:\\s+(\\w+)$`, "m").exec(status)![1]}`);
  const [ruid = 0, euid = 0, suid = 0, fsuid = 0] = ids("Uid");
  const [rgid = 0, egid = 0, sgid = 0] = ids("Gid");
  return { ruid, euid, suid, fsuid, rgid, egid, sgid, permitted: caps("CapPrm"), effective: caps("CapEff") };
}
