/** Which events a system call on processes must leave, but for those that make and end them. */
import { type Fields, OneOf, SetOf } from "./expected_event.ts";
import type { Rule, Rules, TracedCall } from "./strace_call.ts";
import { changed, told } from "./strace_credentials.ts";
import { signalNumber } from "./strace_log.ts";
import { fieldsOf, numberOf, textOf } from "./strace_text.ts";

/** What the kernel keeps of a thread's name. */
export const COMM_BYTES = 15;

const credentials: Rule = (call) => {
  const { thread } = call;
  const before = thread.credentials;
  thread.credentials = changed(before, call.call);
  const name = call.name.replace(/32$/, "");
  // setfsuid(2) returns the id that was.
  const result = name.startsWith("setfs") ? 0 : call.outcome;
  call.tell("process.cred", { call: name, old: told(before), new: told(thread.credentials), result });
};

const namespaceFlags: Readonly<Record<string, number>> = {
  CLONE_NEWTIME: 0x80,
  CLONE_NEWNS: 0x20000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
};

export function namespaces(flags: readonly string[]): Fields {
  const known = flags.filter((flag) => flag in namespaceFlags);
  const names = known.map((flag) =>
    flag === "CLONE_NEWNS" ? "mnt" : flag.slice("CLONE_NEW".length).toLowerCase()
  );
  const number = known.reduce((sum, flag) => sum | namespaceFlags[flag]!, 0);
  return {
    namespaces: names.length === 0 ? null : new SetOf(names),
    flags: known.length === flags.length ? number : null,
  };
}

const unshare: Rule = (call) => {
  const flags = call.flags(0);
  const optional = !flags.some((flag) => flag in namespaceFlags);
  call.tell("process.ns", { call: "unshare", ...namespaces(flags), result: call.outcome }, { optional });
};

const setns: Rule = (call) => {
  const asked = call.number(1) === 0;
  const kind = /^(\w+):\[/.exec(call.file(0)?.path ?? "")?.[1];
  // Only the descriptor says which: told or not.
  const names = asked ? { namespaces: kind === undefined ? null : new OneOf([[kind], []]), flags: 0 } : null;
  const fields = { call: "setns", ...names ?? namespaces(call.flags(1)), result: call.outcome };
  call.tell("process.ns", fields, { optional: call.file(0) === null });
};

/** By numbers of a pid namespace of its own, strace tells ours beside them. */
function target(call: TracedCall, index: number): unknown {
  const here = /(\d+) in strace's PID NS/.exec(call.arg(index))?.[1];
  return new OneOf([call.number(index), ...(here === undefined ? [] : [Number(here)])]);
}

const signal = (where: { target?: number; target_tid?: number }, signal: number): Rule => (call) => {
  const fields = Object.entries(where).map(([key, index]) => [key, target(call, index)]);
  call.tell("process.signal", {
    ...Object.fromEntries(fields),
    signal: signalNumber(call.arg(signal)),
    result: call.outcome,
  });
};

const memory: Rule = (call) =>
  void call.tell("process.ptrace", { request: call.name, target: target(call, 0), result: call.outcome });

const kernel = (more: (call: TracedCall) => Fields | null): Rule => (call) => {
  const fields = more(call);
  call.tell("process.kernel", { call: call.name, ...fields, result: call.outcome }, {
    optional: fields === null,
  });
};

const nothing = () => ({});

export const processRules: Rules = {
  ...Object.fromEntries(
    [
      "setuid",
      "setgid",
      "setreuid",
      "setregid",
      "setresuid",
      "setresgid",
      "setfsuid",
      "setfsgid",
      "setgroups",
      "capset",
    ]
      .flatMap((name) => [[name, credentials], [`${name}32`, credentials]]),
  ),
  setsid: (call) =>
    void call.tell("process.setsid", { sid: call.succeeded ? call.call.result : 0, result: call.outcome }),
  unshare,
  setns,
  ptrace: (call) =>
    void call.tell("process.ptrace", {
      request: call.arg(0),
      target: call.call.args.length > 1 ? target(call, 1) : null,
      result: call.outcome,
    }),
  process_vm_readv: memory,
  process_vm_writev: memory,
  kill: signal({ target: 0 }, 1),
  tkill: signal({ target_tid: 0 }, 1),
  tgkill: signal({ target: 0, target_tid: 1 }, 2),
  rt_sigqueueinfo: signal({ target: 0 }, 1),
  rt_tgsigqueueinfo: signal({ target: 0, target_tid: 1 }, 2),
  pidfd_send_signal: (call) => {
    const pid = call.descriptor(0)?.pid ?? null;
    const fields = { target: pid, signal: signalNumber(call.arg(1)), result: call.outcome };
    call.tell("process.signal", fields, { optional: pid === null });
  },
  init_module: kernel(nothing),
  finit_module: kernel((call) => call.opened(0)),
  delete_module: kernel((call) => ({ path: call.text(0) })),
  kexec_load: kernel(nothing),
  kexec_file_load: kernel(nothing),
  bpf: kernel((call) => ({ command: /^BPF_\w+$/.exec(call.arg(0))?.[0] ?? null })),
  prctl: (call) => {
    if (call.arg(0) !== "PR_SET_NAME") return;
    const name = call.text(1), { thread } = call;
    if (name && call.succeeded) thread.comm = name.bytes.slice(0, COMM_BYTES);
    if (thread.tid === thread.process.pid) thread.process.comm = thread.comm;
    call.tell("process.name", { comm: null, name, result: call.outcome }, { optional: name === null });
  },
  chdir: (call) => {
    // Where links lead is not in the argument: getcwd(2) or the next AT_FDCWD tells.
    if (call.succeeded) call.thread.directory.path = null;
  },
  fchdir: (call) => {
    if (call.succeeded) call.thread.directory.path = call.file(0)?.path ?? null;
  },
  getcwd: (call) => {
    if (call.succeeded) call.thread.directory.path = textOf(call.arg(0))?.bytes ?? null;
  },
};

/** CLONE_… of fork(2) and its kin. */
export function cloneFlags(call: TracedCall): string[] {
  const text = call.call.args.map((arg) => fieldsOf(arg).get("flags") ?? /^flags=(.*)$/s.exec(arg)?.[1] ?? "")
    .join("");
  return text.split("|");
}

/** The thread that was made, as strace numbers it. */
export function madeThread(call: TracedCall): number {
  const here = /(\d+) in strace's PID NS/.exec(call.call.answer)?.[1];
  return Number(here ?? numberOf(call.call.answer) ?? 0);
}
