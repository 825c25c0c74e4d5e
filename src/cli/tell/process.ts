import type { Credentials, CredentialsChanged, ProcessEvent, ProcessExited } from "../../event.ts";
import { bytes, duration } from "../format.ts";
import { deed, type Told } from "./told.ts";

const ENOENT = -2;
/** A debugger's every step is one more; these begin or end something, or reach into another's memory. */
const STEPS = /^PTRACE_(?:CONT|SYSCALL|SINGLESTEP|PEEK|GET|SYSEMU|LISTEN|SETOPTIONS)/;

/** Without `verbose` only what is worth a line. */
export function tellProcess(event: ProcessEvent, verbose: boolean): Told | null {
  switch (event.kind) {
    case "process.exec":
      return { label: "exec", text: event.argv.length > 0 ? event.argv.join(" ") : event.exe, tone: "good" };
    case "process.running":
      return { label: "running", text: event.argv.length > 0 ? event.argv.join(" ") : event.exe };
    case "process.exec_failed":
      // A shell tries one folder after the other.
      return event.result === ENOENT && !verbose ? null : deed("exec", event.path, event);
    case "process.exit":
      return exited(event, verbose);
    case "process.cred":
      return credentials(event, verbose);
    case "process.ns":
      return deed("ns", `${event.call} ${event.namespaces.join(", ")}`.trimEnd(), event);
    case "process.ptrace":
      return STEPS.test(event.request) && !verbose
        ? null
        : deed("ptrace", `${event.request} of ${event.target}`, event);
    case "process.signal": {
      // Signal 0 asks whether a process is there.
      if (event.signal === 0 && !verbose) return null;
      const to = event.target > 0 ? `${event.target_tid ?? event.target}` : `group ${-event.target}`;
      return deed("signal", `${event.signal} to ${to}`, event);
    }
    case "process.kernel": {
      const told = deed("kernel", [event.call, event.command, event.path].filter(Boolean).join(" "), event);
      return event.call === "bpf" && !verbose ? null : { ...told, tone: "warn" };
    }
    default:
      return verbose ? detail(event) : null;
  }
}

type Detail = Exclude<
  ProcessEvent["kind"],
  `process.${"exec" | "running" | "exec_failed" | "exit" | "cred" | "ns" | "ptrace" | "signal" | "kernel"}`
>;

function detail(event: Extract<ProcessEvent, { kind: Detail }>): Told {
  switch (event.kind) {
    case "process.fork":
      return { label: "fork", text: `→ ${event.child}` };
    case "process.thread":
      return { label: "thread", text: `→ ${event.thread}` };
    case "process.setsid":
      return deed("setsid", event.sid === 0 ? "" : `session ${event.sid}`, event);
    case "process.memfd":
      return deed("memfd", event.name, event);
    case "process.exec_memory": {
      const what = event.writable ? "writable and executable" : "executable";
      return deed("memory", `${bytes(event.bytes)} made ${what} by ${event.call}`, event);
    }
    case "process.name":
      return deed("name", event.name, event);
  }
}

function exited(event: ProcessExited, verbose: boolean): Told | null {
  const failed = event.signal !== undefined || event.code !== 0;
  if (!failed && !verbose) return null;
  const how = event.signal !== undefined
    ? `killed by signal ${event.signal}${event.core === true ? ", with a core dump" : ""}`
    : `exit ${event.code}`;
  const used = verbose
    ? `, ${duration(event.cpu_us / 1000)} of processor, ${bytes(event.rss_peak_kb * 1024)}`
    : "";
  const text = `${how} after ${duration(event.duration_us / 1000)}${used}`;
  return { label: "exit", text, ...(failed && { tone: "warn" }) };
}

const IDS = ["uid", "euid", "gid", "egid", "caps"] as const satisfies (keyof Credentials)[];

function credentials(event: CredentialsChanged, verbose: boolean): Told | null {
  const changed = IDS.filter((id) => event.old[id] !== event.new[id])
    .map((id) => `${id} ${event.old[id]} → ${event.new[id]}`);
  if (changed.length === 0 && event.result === 0 && !verbose) return null;
  return deed("cred", [event.call, changed.join(", ")].filter(Boolean).join(": "), event);
}
