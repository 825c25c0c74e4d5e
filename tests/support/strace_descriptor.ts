/** What `strace -yy` says of a descriptor: `3</a/b>`, `4</dev/null<char 1:3>>`, `5<TCP:[127.0.0.1:80->127.0.0.1:4711]>`. */
import type { Endpoint, FileType } from "../../src/event.ts";
import { after, unescape } from "./strace_text.ts";

export interface Descriptor {
  readonly fd: number;
  /** The file's, as bytes; null when it is a socket, or strace does not know. */
  readonly path: string | null;
  /** Where the name alone tells. */
  readonly type?: FileType;
  readonly socket?: Ends;
  /** It has no name any more. */
  readonly deleted?: boolean;
  /** Of a pidfd. */
  readonly pid?: number;
}

export interface Ends {
  readonly local?: Endpoint;
  readonly peer?: Endpoint;
}

export const WORKING_DIRECTORY = -100;

/** Null for what is no descriptor. */
export function descriptorOf(argument: string | undefined): Descriptor | null {
  const match = /^(-?\d+|AT_FDCWD)(?=<|$| )/.exec(argument ?? "");
  if (!match) return null;
  const fd = match[1] === "AT_FDCWD" ? WORKING_DIRECTORY : Number(match[1]);
  const text = argument!;
  const from = match[0].length;
  if (text[from] !== "<") return { fd, path: null };
  const end = after(text, from);
  const deleted = text.startsWith("(deleted)", end) ? { deleted: true } : {};
  return { fd, ...decoration(text.slice(from + 1, end - 1)), ...deleted };
}

function decoration(inner: string): Omit<Descriptor, "fd"> {
  const device = /<(char|block) (\d+):\d+>$/.exec(inner);
  if (device) {
    const type = device[1] === "block" ? "block" : isTerminal(Number(device[2])) ? "tty" : "character";
    return { path: unescape(inner.slice(0, device.index)), type };
  }
  const socket = /^(TCP|UDP|UDPLITE|RAW|PING)(v6)?:\[(.*)\]$/.exec(inner);
  if (socket) {
    const family = socket[2] ? "inet6" : "inet";
    const [local, peer] = socket[3]!.split("->").map((end) => internet(family, end));
    return { path: null, type: "socket", socket: { ...(local ? { local } : {}), ...(peer ? { peer } : {}) } };
  }
  const unix = /^UNIX(?:-\w+)?:\[[\d>-]+(?:,(@?)"([^"]*)")?\]$/.exec(inner);
  if (unix) {
    const named = unix[2] === undefined ? {} : { local: unixEnd(unix[1]! + unescape(unix[2])) };
    return { path: null, type: "socket", socket: named };
  }
  const pid = /^pid:(\d+)/.exec(inner);
  if (pid) return { path: null, type: "other", pid: Number(pid[1]) };
  // The file system of memory files has no place in the tree, whatever the kernel writes before their names.
  const path = unescape(inner).replace(/^\/(?=memfd:)/, "");
  if (path.startsWith("pipe:")) return { path, type: "pipe" };
  if (path.startsWith("memfd:")) return { path, type: "file" };
  if (path.startsWith("/")) return { path };
  // Of the namespaces' own file system, whose files are regular ones.
  if (/^(mnt|uts|ipc|user|pid|net|cgroup|time)(_for_children)?:\[/.test(path)) return { path, type: "file" };
  if (/^\w+:\[\d+\]$/.test(path)) return { path: null, type: "socket", socket: {} };
  return { path, type: "other" };
}

/** Consoles, /dev/tty, /dev/ptmx and both ends of pseudo terminals. */
function isTerminal(major: number): boolean {
  return major === 4 || major === 5 || major >= 128 && major <= 143;
}

function internet(family: "inet" | "inet6", text: string): Endpoint | null {
  const match = /^\[?(.*?)\]?:(\d+)$/.exec(text);
  return match ? { family, addr: match[1]!, port: Number(match[2]) } : null;
}

export function unixEnd(addr: string): Endpoint {
  return { family: "unix", addr, port: 0 };
}
