/** Looks into files away from the capture loop: one may be hundreds of megabytes, or on a file system that never answers. */
import { cString } from "../../ffi/libbpf.ts";
import { openLibc } from "../../ffi/libc.ts";
import { giveBack } from "../../ffi/memory.ts";
import { giveWay } from "../../ffi/scheduling.ts";
import { type Depth, resolve, type Verdict } from "../targets/resolve.ts";

/** Outside the heap: the windows of files that were read. */
const KEPT_BYTES = 4 << 20;
/** Without anything to do. */
const IDLE_MS = 2000;
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

// Processes wait for answers: whoever started this thread may give way, it does not.
giveWay(libc.symbols, false);
let idle: ReturnType<typeof setTimeout> | undefined;

owner.onmessage = ({ data }: MessageEvent<ResolveRequest | ServePort>) => {
  if (!("port" in data)) return serve(owner, data);
  data.port.onmessage = ({ data: request }) => serve(data.port, request);
};

function serve(line: Pick<Line, "postMessage">, request: ResolveRequest): void {
  line.postMessage(answer(request));
  clearTimeout(idle);
  idle = setTimeout(() => {
    if (Deno.memoryUsage().external > KEPT_BYTES) giveBack(libc);
  }, IDLE_MS);
}

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
