/** Processes: how they begin and end, and what they do to themselves and to others. */
import type { Head, Micros, Outcome } from "./head.ts";

export interface ProcessForked extends Head<"process.fork"> {
  readonly ppid: number;
  readonly child: number;
  readonly child_start: Micros;
}

/** A thread of a process that is followed. */
export interface ThreadStarted extends Head<"process.thread"> {
  readonly thread: number;
}

/** In which control group a process is, and whether that is a container's. */
export interface Placed {
  /** Its path in the unified hierarchy; at the root of that, in the memory controller's. */
  readonly cgroup?: string;
  /** The 64 hexadecimal digits that container engines name their groups by. */
  readonly container?: string;
}

/** A process that ran already when its tree came into view. */
export interface ProcessRunning extends Head<"process.running">, Placed {
  readonly ppid: number;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly uid: number;
}

export interface ProcessExeced extends Head<"process.exec">, Placed {
  readonly ppid: number;
  /** The program that runs: of a script its interpreter. */
  readonly exe: string;
  /** The script, as it was named and made absolute; absent where the program itself was started. */
  readonly script?: string;
  readonly argv: readonly string[];
  /** True when the arguments were longer than the 64 KiB that are kept. */
  readonly argv_truncated?: boolean;
  readonly cwd: string;
  /** Of the real user and group. */
  readonly uid: number;
  readonly gid: number;
  /** Where the program runs with the rights of another: setuid and setgid. */
  readonly euid?: number;
  readonly egid?: number;
  /** Names of the environment, on request; values are never read. */
  readonly env?: readonly string[];
  readonly env_truncated?: boolean;
  /** Original bytes of names that are not UTF-8. */
  readonly exe_b64?: string;
  readonly cwd_b64?: string;
  readonly script_b64?: string;
}

/** A program that could not be started. */
export interface ExecFailed extends Head<"process.exec_failed">, Outcome {
  readonly path: string;
  readonly path_b64?: string;
  readonly path_exact?: boolean;
}

export interface ProcessExited extends Head<"process.exit"> {
  readonly ppid: number;
  readonly code?: number;
  readonly signal?: number;
  /** The kernel wrote, or tried to write, an image of it. */
  readonly core?: boolean;
  readonly duration_us: number;
  /** On a processor, of all its threads. */
  readonly cpu_us: number;
  readonly rss_peak_kb: number;
  /** Passed through read(2), write(2) and their kin, of whatever kind the file; without what children moved. */
  readonly read_bytes: number;
  readonly written_bytes: number;
}

export interface SessionStarted extends Head<"process.setsid">, Outcome {
  /** 0 when it failed. */
  readonly sid: number;
}

/** Ids of a process as the kernel has them. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  /** Effective capabilities, hexadecimal. */
  readonly caps: string;
}

export interface CredentialsChanged extends Head<"process.cred">, Outcome {
  /** The system call: setuid, setresgid, capset, … */
  readonly call: string;
  readonly old: Credentials;
  readonly new: Credentials;
}

export interface NamespaceChanged extends Head<"process.ns">, Outcome {
  /** `clone`: a child was started in others. */
  readonly call: "setns" | "unshare" | "clone";
  /** mnt, uts, ipc, user, pid, net, cgroup, time. */
  readonly namespaces: readonly string[];
  /** As given: for setns 0 means whatever the descriptor is; 0 of a clone. */
  readonly flags: number;
  readonly child?: number;
}

export interface ProcessTraced extends Head<"process.ptrace">, Outcome {
  /** As in ptrace(2), or `process_vm_readv`, `process_vm_writev`. */
  readonly request: string;
  readonly target: number;
}

export interface SignalSent extends Head<"process.signal">, Outcome {
  readonly signal: number;
  /** A process; 0 and negative ones are groups, as in kill(2). */
  readonly target: number;
  /** Where one thread was meant. */
  readonly target_tid?: number;
}

export interface MemoryFileMade extends Head<"process.memfd">, Outcome {
  readonly name: string;
  readonly name_b64?: string;
  readonly flags: number;
}

/** Memory without a file behind it, or a private copy that can be written, was made executable. */
export interface ExecutableMapped extends Head<"process.exec_memory">, Outcome {
  readonly call: "mmap" | "mprotect";
  readonly bytes: number;
  /** Also writable at the same time. */
  readonly writable: boolean;
}

/** Code for the kernel: a module, or a call of bpf(2). */
export interface KernelCodeLoaded extends Head<"process.kernel">, Outcome {
  /** init_module, finit_module, delete_module, bpf, kexec_load, kexec_file_load. */
  readonly call: string;
  /** Of bpf(2), its command by name. */
  readonly command?: string;
  /** Of a module, its file or its name. */
  readonly path?: string;
  readonly path_b64?: string;
}

/** prctl(PR_SET_NAME): the thread calls itself something else. */
export interface ThreadRenamed extends Head<"process.name">, Outcome {
  readonly name: string;
  readonly name_b64?: string;
}

export type ProcessEvent =
  | ProcessForked
  | ThreadStarted
  | ProcessRunning
  | ProcessExeced
  | ExecFailed
  | ProcessExited
  | SessionStarted
  | CredentialsChanged
  | NamespaceChanged
  | ProcessTraced
  | SignalSent
  | MemoryFileMade
  | ExecutableMapped
  | KernelCodeLoaded
  | ThreadRenamed;
