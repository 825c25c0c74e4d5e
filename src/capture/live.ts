/** Live capture as a stream of rounds. Owns the worker. */
import { resolverUrl } from "./resolver.ts";
import type { CaptureOptions, Connected, FromCapture, Ready, Round, ToCapture } from "./messages.ts";

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
  const worker = new Worker(workerUrl(), { type: "module", name: "capture" });
  const resolvers = { names: startResolver(), contents: startResolver() };
  const send = (message: ToCapture, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const queue: Round[] = [];
  const libbpfLog: string[] = [];
  let failure: Error | null = null;
  let ended = false;
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
    else {
      if (data.level === "warn" && libbpfLog.length < 100) libbpfLog.push(data.text);
      log(data.level, data.text);
    }
    wake();
  };
  for (const each of [worker, resolvers.names.worker, resolvers.contents.worker]) {
    each.onerror = (event) => {
      event.preventDefault();
      fail(`Cannot go on capturing: ${event.message}`);
    };
  }
  const ports = { names: resolvers.names.port, contents: resolvers.contents.port };
  send({ type: "start", options, resolvers: ports }, Object.values(ports));

  try {
    const info = await ready.promise;
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
    worker.terminate();
    for (const resolver of Object.values(resolvers)) resolver.worker.terminate();
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

/** A worker that looks into files, and the port to ask it through. */
function startResolver(): { readonly worker: Worker; readonly port: MessagePort } {
  const worker = new Worker(resolverUrl(), { type: "module", name: "resolver" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port1 }, [port1]);
  return { worker, port: port2 };
}

/** The packed program has the worker bundled beside it. */
function workerUrl(): URL {
  const packed = import.meta.url.endsWith(".js");
  return new URL(packed ? "./capture_worker.js" : "./worker.ts", import.meta.url);
}

function size(part: Uint8Array | null): number {
  return part?.byteLength ?? 0;
}
