/** Live capture as a stream of rounds. Owns the workers. */
import { openLibc } from "../../ffi/libc.ts";
import { giveBack, returnLargeBlocks } from "../../ffi/memory.ts";
import type { CaptureOptions, Connected, FromCapture, Ready, Round, ToCapture } from "./messages.ts";
import { ResolverWorkers } from "./resolver_workers.ts";

/** What starting up took is not needed any more. */
const SETTLED_MS = 2000;

export interface LiveCapture {
  readonly ready: Ready;
  /** Ends when capture was stopped and everything in flight was handed over. Throws when capture fails. */
  rounds(): AsyncIterable<Round>;
  /** Takes a library's hooks off. */
  reject(library: number): void;
  /** Has the other ends of connections within this machine looked up. */
  findPeers(connections: readonly Connected[]): void;
  /** Stops after what is in the rings now. */
  stop(): void;
}

export type CaptureLog = (level: "notice" | "warn" | "info" | "debug", text: string) => void;

/** Starts capturing. Throws a sentence when it cannot. */
export async function startCapture(options: CaptureOptions, log: CaptureLog): Promise<LiveCapture> {
  const libc = openLibc();
  returnLargeBlocks(libc);
  const worker = new Worker(workerUrl(), { type: "module", name: "capture" });
  const resolvers = new ResolverWorkers((id) => send({ type: "resolver_lost", id }));
  const send = (message: ToCapture, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const queue: Round[] = [];
  const libbpfLog: string[] = [];
  let failure: Error | null = null;
  let ended = false;
  let settled: ReturnType<typeof setTimeout> | undefined;
  let wake = () => {};
  const ready = Promise.withResolvers<Ready>();

  const fail = (message: string) => {
    failure = new Error(message, { cause: libbpfLog.join("\n") });
    ready.reject(failure);
    wake();
  };
  worker.onmessage = ({ data }: MessageEvent<FromCapture>) => {
    if (data.type === "ready") ready.resolve(data);
    else if (data.type === "round") queue.push(data);
    else if (data.type === "stopped") ended = true;
    else if (data.type === "failed") fail(data.message);
    else if (data.type === "hire") {
      const { id, port } = resolvers.start();
      send({ type: "resolver", lane: data.lane, id, port }, [port]);
    } else if (data.type === "dismiss") resolvers.end(data.id);
    else {
      if (data.level === "warn" && libbpfLog.length < 100) libbpfLog.push(data.text);
      log(data.level, data.text);
    }
    wake();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`Cannot go on capturing: ${event.message}`);
  };
  send({ type: "start", options });

  try {
    const info = await ready.promise;
    settled = setTimeout(() => giveBack(libc), SETTLED_MS);
    return {
      ready: info,
      rounds,
      reject: (library) => send({ type: "reject", library }),
      findPeers: (connections) => {
        if (connections.length > 0) send({ type: "peers", connections });
      },
      stop: () => send({ type: "stop" }),
    };
  } catch (error) {
    end();
    throw error;
  }

  function end(): void {
    clearTimeout(settled);
    worker.terminate();
    resolvers.endAll();
  }

  async function* rounds(): AsyncGenerator<Round> {
    try {
      for (;;) {
        const round = queue.shift();
        if (round) {
          yield round;
          send({ type: "credit", control: size(round.control), payload: size(round.payload) });
        } else if (failure) throw failure;
        else if (ended) return;
        else await new Promise<void>((resolve) => wake = resolve);
      }
    } finally {
      end();
    }
  }
}

/** The packed program has the worker bundled beside it. */
function workerUrl(): URL {
  const packed = import.meta.url.endsWith(".js");
  return new URL(packed ? "./capture_worker.js" : "./worker.ts", import.meta.url);
}

function size(part: Uint8Array | null): number {
  return part?.byteLength ?? 0;
}
