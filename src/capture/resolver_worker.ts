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

/** Sent first by who made the worker for another: requests come through the port. */
export interface ServePort {
  readonly port: MessagePort;
}

/** A worker, or the port to one. */
export interface Line {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

const libc = openLibc();
const owner = self as unknown as Line;

owner.onmessage = ({ data }: MessageEvent<ResolveRequest | ServePort>) => {
  if ("port" in data) data.port.onmessage = ({ data: request }) => data.port.postMessage(answer(request));
  else owner.postMessage(answer(data));
};

/** The descriptor keeps the file: its process may end, and its name be given to another, before the hooks are on. */
function answer({ id, open, depth, cache }: ResolveRequest): ResolveAnswer {
  const fd = libc.symbols.open(cString(open), O_RDONLY_CLOEXEC);
  if (fd < 0) return { id, verdict: { kind: "gone" }, fd: null };
  const verdict = resolve(`/proc/self/fd/${fd}`, {
    depth,
    machine: Deno.build.arch,
    ...(cache !== null && { cache }),
  });
  if (verdict.kind === "found" && verdict.stacks.length > 0) return { id, verdict, fd };
  libc.symbols.close(fd);
  return { id, verdict, fd: null };
}
