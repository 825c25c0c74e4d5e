/** The processes that run already: listed by the kernel, described by /proc. */
import type { BpfObject } from "../../ffi/bpf_object.ts";
import type { Libc } from "../../ffi/libc.ts";
import type { Draft, Placed, ProcessRunning } from "../event.ts";
import { toMicros } from "./clock.ts";
import { placed } from "./decode_process.ts";
import { readAll } from "./iterator_output.ts";
import { running } from "./layout.gen.ts";
import { toName } from "./names.ts";
import type { Probes } from "./probes.ts";
import { procProcesses } from "./proc_processes.ts";

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly comm: string;
  readonly start: ReturnType<typeof toMicros>;
}

/** Every process, with the exact start time that its records carry where the kernel lists them. */
export function listProcesses(probes: Probes, libc: Libc, boot: number): Process[] {
  return probes.features.iterator ? iterate(probes.process, libc, boot) : procProcesses(boot);
}

function iterate(object: BpfObject, libc: Libc, boot: number): Process[] {
  const bytes = object.readIterator("list_processes", (fd) => readAll(libc, fd));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list: Process[] = [];
  for (let at = 0; at + running.size <= bytes.length; at += running.size) {
    const comm = bytes.subarray(at + running.comm, at + running.comm + 16);
    list.push({
      pid: view.getUint32(at + running.pid, true),
      ppid: view.getUint32(at + running.ppid, true),
      uid: view.getUint32(at + running.uid, true),
      comm: toName(comm.subarray(0, Math.max(0, comm.indexOf(0)))).text,
      start: toMicros(
        boot,
        view.getUint32(at + running.start, true),
        view.getUint32(at + running.start + 4, true),
      ),
    });
  }
  return list;
}

/** The process and everything below it. */
export function treeOf(list: readonly Process[], root: number): Process[] {
  const inTree = new Set([root]);
  // Children may be listed before their parents: pids wrap.
  for (let before = 0; before !== inTree.size;) {
    before = inTree.size;
    for (const process of list) if (inTree.has(process.ppid)) inTree.add(process.pid);
  }
  return list.filter((process) => inTree.has(process.pid));
}

/** The event that says a process was there before we looked. Fields of a process that just ended are empty. */
export function toRunning(process: Process, ts: Draft["ts"]): Draft<ProcessRunning> {
  const { pid, ppid, uid, comm, start } = process;
  const argv = readText(`/proc/${pid}/cmdline`).split("\0");
  if (argv.at(-1) === "") argv.pop();
  const at = (name: string) => readLink(`/proc/${pid}/${name}`);
  return {
    kind: "process.running",
    ts,
    pid,
    tid: pid,
    start,
    comm,
    ppid,
    uid,
    exe: at("exe"),
    cwd: at("cwd"),
    argv,
    ...placedBy(readText(`/proc/${pid}/cgroup`)),
  };
}

/** The line of the unified hierarchy begins with "0::"; at its root, the memory controller's says more. */
function placedBy(cgroups: string): Placed {
  const unified = /^0::(.*)$/m.exec(cgroups)?.[1] ?? "/";
  const path = unified === "/" ? /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(cgroups)?.[1] : unified;
  return cgroups === "" ? {} : placed(path ?? unified);
}

export function isRunning(pid: number): boolean {
  try {
    return Deno.statSync(`/proc/${pid}`).isDirectory;
  } catch {
    return false;
  }
}

export function readLink(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch {
    return "";
  }
}

function readText(path: string): string {
  try {
    return toName(Deno.readFileSync(path)).text;
  } catch {
    return "";
  }
}
