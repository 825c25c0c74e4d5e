/** The capture worker: loads the probes, drains the rings, and does nothing that could make it wait. */
import { Epoll } from "../../ffi/epoll.ts";
import { openLibbpf } from "../../ffi/libbpf.ts";
import { openLibc } from "../../ffi/libc.ts";
import { LibbpfLog } from "../../ffi/log.ts";
import { giveBack } from "../../ffi/memory.ts";
import { bootNow } from "./clock.ts";
import { Counters } from "./counters.ts";
import { Courtesy } from "./courtesy.ts";
import { Discovery } from "./discovery.ts";
import { Dropped } from "./dropped.ts";
import { Evictions } from "./evictions.ts";
import { exeKeys } from "./exe_keys.ts";
import { Images } from "./images.ts";
import type { LaneName, Staff } from "./lane.ts";
import { KernelLosses } from "./losses.ts";
import type { CaptureOptions, Connected, FromCapture, Loss, Round, ToCapture } from "./messages.ts";
import { loadObjectFiles } from "./object_files.ts";
import { Peers } from "./peers.ts";
import { Probes } from "./probes.ts";
import { isRunning, listProcesses } from "./processes.ts";
import { ResourceSampler } from "./resources.ts";
import { Resolver } from "./resolver.ts";
import { SocketSource } from "./socket_source.ts";
import { type WorkerActions, WorkerRecords } from "./worker_records.ts";
import type { Micros } from "../event.ts";

/** As much as a stalled thread may find. */
const CONTROL_BATCH_BYTES = 8 << 20;
const PAYLOAD_BATCH_BYTES = 4 << 20;
const TICK_MS = 500;
/** When nothing has happened for a while; what happens then ends the wait. */
const CALM_TICK_MS = 1000;
const CALM_MS = 2000;
/** While a process is held or a peer looked for: both are looked after by the clock. */
const BUSY_WAIT_MS = 25;
/** Files under watch are written to seldom, and an end does not wait for it. */
const WRITES_WAIT_MS = 10_000;
/**
 * A moment between rounds lets records gather: waking for each one costs more than the record. The longer it goes on,
 * the longer the moment: at 5,000 events/s a fifth of the processor time of all stages was that of small rounds.
 */
const GATHER_MS = { least: 2, most: 8 };
/** What runs already is known by then, or looked into later. */
const BEGIN_MS = 2000;
/** What starting up took is not needed any more. */
const SETTLED_MS = 2000;
/** The TLS hooks of other processes stay on until we end: do not wait for them to fall silent. */
const DRAIN_MS = 3000;

const port = self as unknown as {
  postMessage(message: FromCapture, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToCapture>) => void) | null;
  close(): void;
};

const outstanding = { control: 0, payload: 0 };
const rejected: number[] = [];
const connections: Connected[] = [];
let resolver: Resolver | null = null;
let stopping = false;
/** Ends the wait for records: there is something else to do. */
let wake = () => {};
const stopped = Promise.withResolvers<void>();

port.onmessage = ({ data }) => {
  if (data.type === "credit") {
    outstanding.control -= data.control;
    outstanding.payload -= data.payload;
  }
  if (data.type === "reject") rejected.push(data.library);
  if (data.type === "resolver") resolver?.join(data.lane, { id: data.id, line: data.port });
  if (data.type === "resolver_lost") resolver?.lost(data.id);
  if (data.type === "peers") connections.push(...data.connections);
  if (data.type === "stop") {
    stopping = true;
    stopped.resolve();
  }
  if (data.type !== "credit") wake();
  if (data.type === "start") {
    resolver = new Resolver(data.options.cache, { quick: staff("quick"), contents: staff("contents") });
    capture(data.options, resolver).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      port.postMessage({ type: "failed", message });
    });
  }
};

function staff(lane: LaneName): Staff {
  return {
    hire: () => port.postMessage({ type: "hire", lane }),
    dismiss: (id) => port.postMessage({ type: "dismiss", id }),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function capture(options: CaptureOptions, resolver: Resolver): Promise<void> {
  const started = performance.now();
  const { queue } = options.limits;
  const libc = openLibc();
  const lib = openLibbpf();
  using _log = new LibbpfLog(lib, libc, (level, text) => {
    if (level !== "debug") port.postMessage({ type: "log", level, text });
  });
  const now = () => (options.boot + bootNow(libc)) as Micros;
  using probes = Probes.load({ lib, libc }, options);
  probes.select(options.select, exeKeys(libc, options.select.exes));
  using images = new Images({ probes, libc, resolver }, {
    ...options,
    notice: (text) => port.postMessage({ type: "log", level: "notice", text }),
  });
  const discovery = new Discovery({ probes, images, libc }, options);
  probes.attachProcess();
  const tracked = discovery.begin(now());
  await Promise.race([images.lookedUp(), pause(BEGIN_MS)]);
  port.postMessage({
    type: "ready",
    libraries: images.hooked,
    tracked,
    elapsed_ms: performance.now() - started,
    ring_bytes: probes.ringBytes,
  });
  setTimeout(() => giveBack(libc), SETTLED_MS);
  using epoll = new Epoll(libc, probes.ringFds);
  using writes = new Epoll(libc, [images.writtenFd]);
  const writesWatched = watchWrites();
  const sampler = new ResourceSampler(libc, options);
  using sockets = new SocketSource({ lib, libc }, {
    image: loadObjectFiles().sockets,
    boot: options.boot,
    lists: probes.features.socket_iterator,
    processes: () => listProcesses(probes, libc, options.boot),
  });
  const peers = new Peers(() => sockets.list(), () => performance.now());
  const counters = new Counters(probes.counters, probes.cpus);
  const losses = new KernelLosses(counters);
  const evictions = new Evictions({
    counters,
    connections: probes.tls.connections,
    streams: probes.streams,
    isRunning,
  });
  const records = new WorkerRecords(options.boot);
  const actions: WorkerActions = {
    imageSeen: (image) => images.seen(image),
    agentFound: (seen) => discovery.agentFound(seen),
    helloSeen: (seen) => images.spokenBy(seen),
  };
  const releasing: WorkerActions = {
    imageSeen: (image) => images.release(image),
    agentFound: () => {},
    helloSeen: () => {},
  };
  const dropped = new Dropped();
  const courtesy = new Courtesy(libc.symbols, Deno.pid);
  let isLossTold = false;
  let tickDue = 0;
  let lastRecords = performance.now();
  let final = false;
  let waiting: Promise<void> | null = null;
  let gather = GATHER_MS.least;
  using _released = { [Symbol.dispose]: release };
  while (!stopping) {
    images.expire(performance.now());
    for (const library of rejected.splice(0)) void probes.tls.detach(library);
    const some = round();
    const bytes = outstanding.control + outstanding.payload;
    courtesy.update(performance.now(), { bytes, queue, urgent: isLossTold });
    gather = some ? Math.min(2 * gather, GATHER_MS.most) : GATHER_MS.least;
    if (!some) await quiet();
    // A program that starts maps library after library, and is held for each new one.
    await pause(images.holding || !probes.control.isEmpty() ? 0 : gather);
  }
  courtesy.update(performance.now(), { bytes: 0, queue, urgent: true });
  probes.detachProcess();
  images.releaseAll();
  final = true;
  const deadline = performance.now() + DRAIN_MS;
  while (round() && performance.now() < deadline);
  tickDue = 0;
  round();
  await Promise.all([writesWatched, probes.tls.detachAll()]);
  port.postMessage({ type: "stopped" });

  /** Until there are records, it is time to look after something, or a message came. */
  async function quiet(): Promise<void> {
    const busy = images.holding || peers.isLooking || sampler.isLooking;
    const ms = Math.max(1, Math.ceil(Math.min(tickDue - performance.now(), busy ? BUSY_WAIT_MS : Infinity)));
    // A wait that a message ended goes on in its thread; another beside it would be one too many.
    waiting ??= epoll.wait(ms).finally(() => waiting = null);
    const woken = new Promise<void>((resolve) => wake = resolve);
    await Promise.race([waiting, woken]);
  }

  /** Beside the rounds: every millisecond counts for who runs what was just written. */
  async function watchWrites(): Promise<void> {
    while (!stopping) {
      await Promise.race([writes.wait(WRITES_WAIT_MS), stopped.promise]);
      images.dropWritten();
    }
  }

  /** One pass over both rings; false when there was nothing to pass on. */
  function round(): boolean {
    // Facts that preceded this plain text are in the control ring by now, and are drained before it.
    const until = probes.payload.position();
    // All of them at once: a key that this text teaches is looked for in the facts that followed it.
    const facts = probes.control.position();
    const drained = probes.control.drain(CONTROL_BATCH_BYTES, facts);
    // Also without credit: a process may be stopped for the verdict that is asked for here.
    if (drained) visit(drained);
    const control = drained && passed(drained);
    const mayFollow = probes.control.isDrainedTo(facts) && (final || outstanding.payload < queue);
    const payload = mayFollow ? probes.payload.drain(PAYLOAD_BATCH_BYTES, until) : null;
    if (drained || payload) lastRecords = performance.now();
    const due = performance.now() >= tickDue;
    const isCalm = performance.now() - lastRecords > CALM_MS;
    if (due) tickDue = performance.now() + (isCalm ? CALM_TICK_MS : TICK_MS);
    peers.ask(connections.splice(0));
    const samples = sampler.take(performance.now(), () => probes.trackedPids());
    const { libraries, drafts } = images.take();
    const message: Round = {
      type: "round",
      now: now(),
      libraries,
      drafts: [...discovery.drafts.splice(0), ...drafts, ...peers.take(now())],
      control,
      payload,
      losses: due ? taken() : [],
      ...(samples && { samples }),
    };
    const parts = [control, payload].filter((part) => part !== null);
    isLossTold = message.losses.length > 0;
    const found = samples !== null ||
      message.drafts.length + message.losses.length + message.libraries.length > 0;
    if (!due && !found && parts.length === 0) return drained !== null;
    outstanding.control += control?.byteLength ?? 0;
    outstanding.payload += payload?.byteLength ?? 0;
    port.postMessage(message, parts.map((part) => part.buffer));
    return drained !== null || payload !== null;
  }

  function taken(): Loss[] {
    counters.read();
    const evicted = evictions.take(final ? Infinity : performance.now());
    return [...losses.take(), ...evicted, ...dropped.take(), ...peers.takeLosses()];
  }

  /** As much of the facts as the pipeline is not too far behind for. */
  function passed(drained: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
    if (final || outstanding.control < queue) return drained;
    if (outstanding.control < 2 * queue) return dropped.sift(drained);
    dropped.add(drained);
    return null;
  }

  /** An error of ours must not leave anybody stopped whose record is in the batch. */
  function visit(batch: Uint8Array): void {
    try {
      records.visit(batch, actions);
    } catch (error) {
      records.visit(batch, releasing);
      throw error;
    }
  }

  /** However this ends: no process is stopped from here on, and those that were, whose records are in the ring, go on. */
  function release(): void {
    probes.detachProcess();
    images.releaseAll();
    const deadline = performance.now() + DRAIN_MS;
    for (
      let batch = probes.control.drain(CONTROL_BATCH_BYTES);
      batch;
      batch = probes.control.drain(CONTROL_BATCH_BYTES)
    ) {
      records.visit(batch, releasing);
      if (performance.now() > deadline) return;
    }
  }
}
