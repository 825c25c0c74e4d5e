/** Numbers of the kernel's user API, by name. */

/** CLONE_NEW…, of linux/sched.h. */
const namespaces: readonly (readonly [number, string])[] = [
  [0x0000_0080, "time"],
  [0x0002_0000, "mnt"],
  [0x0200_0000, "cgroup"],
  [0x0400_0000, "uts"],
  [0x0800_0000, "ipc"],
  [0x1000_0000, "user"],
  [0x2000_0000, "pid"],
  [0x4000_0000, "net"],
];

export function namespaceNames(flags: number): string[] {
  return namespaces.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name);
}

/** linux/ptrace.h and sys/ptrace.h. */
const requests: Readonly<Record<number, string>> = {
  0: "PTRACE_TRACEME",
  1: "PTRACE_PEEKTEXT",
  2: "PTRACE_PEEKDATA",
  3: "PTRACE_PEEKUSER",
  4: "PTRACE_POKETEXT",
  5: "PTRACE_POKEDATA",
  6: "PTRACE_POKEUSER",
  7: "PTRACE_CONT",
  8: "PTRACE_KILL",
  9: "PTRACE_SINGLESTEP",
  12: "PTRACE_GETREGS",
  13: "PTRACE_SETREGS",
  14: "PTRACE_GETFPREGS",
  15: "PTRACE_SETFPREGS",
  16: "PTRACE_ATTACH",
  17: "PTRACE_DETACH",
  24: "PTRACE_SYSCALL",
  0x4200: "PTRACE_SETOPTIONS",
  0x4201: "PTRACE_GETEVENTMSG",
  0x4202: "PTRACE_GETSIGINFO",
  0x4203: "PTRACE_SETSIGINFO",
  0x4204: "PTRACE_GETREGSET",
  0x4205: "PTRACE_SETREGSET",
  0x4206: "PTRACE_SEIZE",
  0x4207: "PTRACE_INTERRUPT",
  0x4208: "PTRACE_LISTEN",
  0x4209: "PTRACE_PEEKSIGINFO",
  0x420a: "PTRACE_GETSIGMASK",
  0x420b: "PTRACE_SETSIGMASK",
  0x420c: "PTRACE_SECCOMP_GET_FILTER",
  0x420d: "PTRACE_SECCOMP_GET_METADATA",
  0x420e: "PTRACE_GET_SYSCALL_INFO",
};

export function ptraceRequest(request: number): string {
  return requests[request] ?? `0x${(request >>> 0).toString(16)}`;
}

/** enum bpf_cmd of linux/bpf.h, from 0. */
const commands =
  ("MAP_CREATE MAP_LOOKUP_ELEM MAP_UPDATE_ELEM MAP_DELETE_ELEM MAP_GET_NEXT_KEY PROG_LOAD OBJ_PIN OBJ_GET " +
    "PROG_ATTACH PROG_DETACH PROG_TEST_RUN PROG_GET_NEXT_ID MAP_GET_NEXT_ID PROG_GET_FD_BY_ID MAP_GET_FD_BY_ID " +
    "OBJ_GET_INFO_BY_FD PROG_QUERY RAW_TRACEPOINT_OPEN BTF_LOAD BTF_GET_FD_BY_ID TASK_FD_QUERY " +
    "MAP_LOOKUP_AND_DELETE_ELEM MAP_FREEZE BTF_GET_NEXT_ID MAP_LOOKUP_BATCH MAP_LOOKUP_AND_DELETE_BATCH " +
    "MAP_UPDATE_BATCH MAP_DELETE_BATCH LINK_CREATE LINK_UPDATE LINK_GET_FD_BY_ID LINK_GET_NEXT_ID ENABLE_STATS " +
    "ITER_CREATE LINK_DETACH PROG_BIND_MAP TOKEN_CREATE PROG_STREAM_READ_BY_FD").split(" ");

/** `BPF_PROG_LOAD`, as strace(1) writes it. */
export function bpfCommand(command: number): string {
  const name = commands[command];
  return name === undefined ? String(command) : `BPF_${name}`;
}
