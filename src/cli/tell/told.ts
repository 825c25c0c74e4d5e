/** What a line of the live view says of an event. */
import type { Endpoint } from "../../event.ts";
import { count } from "../format.ts";

export interface Told {
  readonly label: string;
  readonly text: string;
  readonly tone?: "good" | "bad" | "warn";
}

const ERRNO: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  3: "ESRCH",
  4: "EINTR",
  7: "E2BIG",
  8: "ENOEXEC",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  14: "EFAULT",
  16: "EBUSY",
  17: "EEXIST",
  18: "EXDEV",
  20: "ENOTDIR",
  21: "EISDIR",
  22: "EINVAL",
  24: "EMFILE",
  26: "ETXTBSY",
  28: "ENOSPC",
  30: "EROFS",
  36: "ENAMETOOLONG",
  38: "ENOSYS",
  39: "ENOTEMPTY",
  40: "ELOOP",
  61: "ENODATA",
  95: "EOPNOTSUPP",
  97: "EAFNOSUPPORT",
  98: "EADDRINUSE",
  99: "EADDRNOTAVAIL",
  101: "ENETUNREACH",
  104: "ECONNRESET",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  113: "EHOSTUNREACH",
  115: "EINPROGRESS",
};

export function errno(result: number): string {
  return ERRNO[-result] ?? `errno ${-result}`;
}

/** A deed and how it ended; nothing is said of success. */
export function deed(
  label: string,
  text: string,
  { result, count: folded }: { readonly result: number | null; readonly count?: number },
): Told {
  const how = result === null ? " (it died within the call)" : result < 0 ? ` (${errno(result)})` : "";
  const told = { label, text: `${text}${how}${times(folded)}` };
  return result === null || result < 0 ? { ...told, tone: "warn" } : told;
}

export function times(folded: number | undefined): string {
  return folded === undefined ? "" : ` ×${count(folded)}`;
}

/** `[::1]:443`, `10.0.0.1:80`, or of a unix socket its path. */
export function address({ family, addr, port }: Endpoint): string {
  if (family === "unix") return addr === "" ? "a unix socket without a name" : addr;
  return family === "inet6" ? `[${addr}]:${port}` : `${addr}:${port}`;
}
