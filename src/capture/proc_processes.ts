/** The processes that run, from /proc: for a kernel that does not list them. */
import type { Micros } from "../event.ts";
import { toName } from "./names.ts";
import { parseStat } from "./process_usage.ts";
import type { Process } from "./processes.ts";

/** Their start times are in steps of 10 ms, before the exact ones. A process that ends meanwhile is left out. */
export function procProcesses(boot: number): Process[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const process = /^\d+$/.test(name) ? read(Number(name), boot) : null;
    return process ? [process] : [];
  });
}

function read(pid: number, boot: number): Process | null {
  try {
    const stat = parseStat(Deno.readFileSync(`/proc/${pid}/stat`));
    const status = toName(Deno.readFileSync(`/proc/${pid}/status`)).text;
    const number = (label: string) => Number(new RegExp(`^${label}:\\t(\\d+)`, "m").exec(status)?.[1]);
    const comm = toName(Deno.readFileSync(`/proc/${pid}/comm`).slice(0, -1)).text;
    const process = { pid, ppid: number("PPid"), uid: number("Uid"), comm };
    if (!stat || Number.isNaN(process.ppid) || Number.isNaN(process.uid)) return null;
    return { ...process, start: (boot + stat.start_us) as Micros };
  } catch {
    return null;
  }
}
