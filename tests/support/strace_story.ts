/** The events that a log of strace calls for, process by process. */
import { AtLeast } from "./expected_event.ts";
import { type Rules, TracedCall } from "./strace_call.ts";
import { afterExec, type Credentials } from "./strace_credentials.ts";
import { descriptorOf } from "./strace_descriptor.ts";
import { started } from "./strace_exec.ts";
import { closed, descriptorRules, unshareTable } from "./strace_descriptor_rules.ts";
import { fileRules } from "./strace_file_rules.ts";
import type { StraceCall, StraceExit, StraceFact } from "./strace_log.ts";
import { memoryRules } from "./strace_memory_rules.ts";
import { nameRules } from "./strace_name_rules.ts";
import { networkRules } from "./strace_network_rules.ts";
import { cloneFlags, COMM_BYTES, madeThread, namespaces, processRules } from "./strace_process_rules.ts";
import { DescriptorTable, newFile, TracedProcess, TracedThread } from "./strace_processes.ts";
import { itemsOf } from "./strace_text.ts";

const rules: Rules = {
  ...fileRules,
  ...descriptorRules,
  ...memoryRules,
  ...nameRules,
  ...networkRules,
  ...processRules,
};
const clones = new Set(["fork", "vfork", "clone", "clone3"]);
const duplicates = new Set(["dup", "dup2", "dup3", "fcntl", "fcntl64"]);
/** What the kernel counts for a process besides the bytes of its open files. */
const counted = /^(p?read|p?write|sendfile|copy_file_range)/;

interface Beginning {
  readonly cwd: string;
  readonly credentials: Credentials;
}

/** In the order in which they began. */
export function expectedEvents(facts: readonly StraceFact[], beginning: Beginning): TracedProcess[] {
  const story = new Story(beginning);
  // A child acts before its parent hears of it.
  const when = (fact: StraceFact) => (isClone(fact) ? fact.begins : fact.ends);
  for (const fact of facts.toSorted((a, b) => when(a) - when(b))) story.push(fact);
  return story.processes;
}

function isClone(fact: StraceFact): fact is StraceCall {
  return fact.type === "call" && clones.has(fact.name);
}

class Story {
  readonly processes: TracedProcess[] = [];
  readonly #threads = new Map<number, TracedThread>();
  readonly #unanswered: TracedCall[] = [];
  readonly #beginning: Beginning;

  constructor(beginning: Beginning) {
    this.#beginning = beginning;
  }

  push(fact: StraceFact): void {
    const thread = this.#threads.get(fact.tid) ?? this.#unannounced(fact.tid) ?? this.#first(fact.tid);
    if (fact.type === "exit") return this.#exit(thread, fact);
    const call = new TracedCall(thread, fact);
    this.#describe(call);
    const path = ({ execve: [0], execveat: [1, 0] } as const)[fact.name];
    if (path) this.#exec(call, path);
    else if (clones.has(fact.name)) this.#clone(call);
    else rules[fact.name]?.(call);
  }

  /** One whose maker was killed before it could be told the number. */
  #unannounced(tid: number): TracedThread | null {
    const call = this.#unanswered.shift();
    return call ? this.#made(call, tid) : null;
  }

  /** The program that strace started. */
  #first(tid: number): TracedThread {
    const { cwd, credentials } = this.#beginning;
    return this.#start(
      new TracedThread(
        tid,
        new TracedProcess(tid, null),
        new DescriptorTable(),
        { path: cwd },
        credentials,
      ),
    );
  }

  #start(thread: TracedThread): TracedThread {
    this.#threads.set(thread.tid, thread);
    if (!this.processes.includes(thread.process)) this.processes.push(thread.process);
    return thread;
  }

  /** Descriptors that it uses and makes, and bytes. */
  #describe(call: TracedCall): void {
    const { thread, call: { args, answer, name } } = call;
    args.forEach((_, index) => call.descriptor(index)?.path !== null && call.file(index));
    if (counted.test(name)) {
      if (!/write/.test(name)) thread.process.readBytes += call.count;
      if (!/read/.test(name)) thread.process.writtenBytes += call.count;
    }
    if (!call.succeeded || duplicates.has(name)) return;
    const made = answer.includes("<") ? descriptorOf(answer) : null;
    const pair = /^(pipe2?|socketpair)$/.test(name) ? itemsOf(args.find((arg) => arg.startsWith("["))) : [];
    for (const one of [made, ...pair.map(descriptorOf)]) {
      if (!one) continue;
      thread.table.drop(one.fd);
      thread.table.put(one.fd, newFile(one), /CLOEXEC|^pidfd_open/.test(`${name} ${args.join()}`));
    }
  }

  #clone(call: TracedCall): void {
    if (call.call.result === null) this.#unanswered.push(call);
    else if (call.succeeded) this.#made(call, madeThread(call));
  }

  #made(call: TracedCall, tid: number): TracedThread {
    const { thread } = call;
    const flags = cloneFlags(call);
    const isThread = flags.includes("CLONE_THREAD");
    if (isThread) call.tell("process.thread", { thread: tid });
    else call.tell("process.fork", { ppid: thread.process.pid, child: tid });
    const elsewhere = namespaces(flags)["namespaces"];
    if (elsewhere) {
      call.tell("process.ns", { call: "clone", namespaces: elsewhere, flags: 0, child: tid, result: 0 });
    }
    const process = isThread ? thread.process : new TracedProcess(tid, thread.process);
    if (!isThread) process.mappings = [...thread.process.mappings];
    const table = flags.includes("CLONE_FILES") ? thread.table : thread.table.copy();
    if (table === thread.table) table.users++;
    const directory = flags.includes("CLONE_FS") ? thread.directory : { ...thread.directory };
    const made = this.#start(new TracedThread(tid, process, table, directory, thread.credentials));
    made.comm = thread.comm;
    if (!isThread) process.comm = thread.comm;
    return made;
  }

  #exec(call: TracedCall, path: readonly [number, number?]): void {
    const { thread } = call, { process } = thread;
    if (!call.succeeded) {
      const optional = call.call.result === null;
      call.tell("process.exec_failed", { ...call.named(...path), result: call.outcome }, { optional });
      return;
    }
    for (const other of process.threads) {
      if (other === thread) continue;
      process.threads.delete(other);
      this.#threads.delete(other.tid);
      other.table.users--;
    }
    const { fields, credentials } = started(call, thread.credentials, path);
    unshareTable(call);
    for (const [fd, { closesAtExec }] of [...thread.table.slots]) {
      if (closesAtExec) closed(call, thread.table.drop(fd), { implicit: true });
    }
    thread.credentials = afterExec(credentials, this.#beginning.credentials.permitted);
    thread.directory = { ...thread.directory };
    process.mappings = [];
    const file = call.text(path[0])?.bytes.split("/").at(-1) ?? "";
    process.comm = thread.comm = file === "" ? null : file.slice(0, COMM_BYTES);
    call.tell("process.exec", { ...fields, ppid: parentOf(process) });
  }

  #exit(thread: TracedThread, { code, signal, core, ends }: StraceExit): void {
    const { process, table } = thread;
    const call = new TracedCall(thread, {
      ...{ type: "call", tid: thread.tid, name: "exit", args: [], result: 0, answer: "" },
      ...{ begins: ends, ends },
    });
    this.#threads.delete(thread.tid);
    process.threads.delete(thread);
    if (--table.users === 0) {
      for (const fd of [...table.slots.keys()]) closed(call, table.drop(fd), { implicit: true });
    }
    if (process.threads.size > 0) return;
    call.tell("process.exit", {
      ...{ code, signal, core, ppid: parentOf(process) },
      // The kernel reads programs, and writes images of them, on a process's account.
      read_bytes: new AtLeast(process.readBytes),
      written_bytes: core ? new AtLeast(process.writtenBytes) : process.writtenBytes,
    }, { ordered: false });
  }
}

/** Null of an orphan: somebody else is its parent now. */
function parentOf({ parent }: TracedProcess): number | null {
  return parent && parent.threads.size > 0 ? parent.pid : null;
}
