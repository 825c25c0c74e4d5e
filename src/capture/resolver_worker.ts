/** Looks into files away from the capture loop: one may be hundreds of megabytes, or on a file system that never answers. */
import { cString } from "../../ffi/libbpf.ts";
import { openLibc } from "../../ffi/libc.ts";
import { type Depth, resolve, type Verdict } from "../targets/resolve.ts";

const O_RDONLY_CLOEXEC = 0o2000000;

export interface ResolveRequest {
  readonly id: number;
  /** A path that opens the very file. */
  readonly open: string;
  readonly depth: Depth;
  readonly cache: string | null;
}

export interface ResolveAnswer {
  readonly id: number;
  readonly verdict: Verdict;
  /** The file, open, for who attaches to it and then closes it; null unless there is something to hook. */
  readonly fd: number | null;
}

const port = self as unknown as {
  postMessage(message: ResolveAnswer): void;
  onmessage: ((event: MessageEvent<ResolveRequest>) => void) | null;
};
const libc = openLibc();

port.onmessage = ({ data }) => port.postMessage(answer(data));

/** The descriptor keeps the file: its process may end, and its name be given to another, before the hooks are on. */
function answer({ id, open, depth, cache }: ResolveRequest): ResolveAnswer {
  const fd = libc.symbols.open(cString(open), O_RDONLY_CLOEXEC);
  if (fd < 0) return { id, verdict: { kind: "gone" }, fd: null };
  const verdict = resolve(`/proc/self/fd/${fd}`, { depth, ...(cache === null ? {} : { cache }) });
  if (verdict.kind === "found" && verdict.stacks.length > 0) return { id, verdict, fd };
  libc.symbols.close(fd);
  return { id, verdict, fd: null };
}
